//! Every refusal, with Clerk's messages where Clerk documents them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use clerk_emulator::Emulator;
use http_client::{FORM, Request, Response, create, exchange, revoke};
use serde_json::json;

/// Sends a form to a new emulator and checks that it is refused without effect.
fn refused(form: &str) -> Response {
    let emulator = Emulator::start().unwrap();
    let response = Request::create(&emulator, form).send(&emulator);
    assert_ne!(response.status(), 200);
    assert!(emulator.tokens().is_empty());
    assert_eq!(emulator.requests(), 1);
    response
}

#[track_caller]
fn assert_param_missing(form: &str, name: &str) {
    let response = refused(form);
    assert_eq!(response.status(), 422, "{form}");
    let expected = json!({
        "message": "is missing",
        "long_message": format!("{name} must be included."),
        "code": "form_param_missing",
        "meta": { "param_name": name },
    });
    assert_eq!(response.error(), expected, "{form}");
}

#[track_caller]
fn assert_param_invalid(form: &str, name: &str) {
    let response = refused(form);
    assert_eq!(response.status(), 422, "{form}");
    let expected = json!({
        "message": "is invalid",
        "long_message": format!("{name} is invalid"),
        "code": "form_param_value_invalid",
        "meta": { "param_name": name },
    });
    assert_eq!(response.error(), expected, "{form}");
}

#[test]
fn a_form_without_a_user_is_refused() {
    assert_param_missing(r#"{"actor":{"sub":"user_2"}}"#, "user_id");
    assert_param_missing(r#"{"user_id":"","actor":{"sub":"user_2"}}"#, "user_id");
    assert_param_missing(r#"{"user_id":null,"actor":{"sub":"user_2"}}"#, "user_id");
}

#[test]
fn a_form_without_an_actor_is_refused() {
    assert_param_missing(r#"{"user_id":"user_1"}"#, "actor");
    assert_param_missing(r#"{"user_id":"user_1","actor":null}"#, "actor");
}

#[test]
fn an_actor_without_a_sub_is_refused() {
    for actor in
        ["{}", r#"{"sub":""}"#, r#"{"sub":null}"#, r#"{"sub":7}"#, r#"{"sub":"a","sub":""}"#]
    {
        assert_param_missing(&format!(r#"{{"user_id":"user_1","actor":{actor}}}"#), "actor.sub");
    }
}

#[test]
fn a_parameter_of_the_wrong_type_is_refused() {
    assert_param_invalid(r#"{"user_id":7,"actor":{"sub":"user_2"}}"#, "user_id");
    assert_param_invalid(r#"{"user_id":"user_1","actor":"user_2"}"#, "actor");
    assert_param_invalid(r#"{"user_id":"user_1","actor":["sub"]}"#, "actor");
}

#[test]
fn a_duration_that_is_not_a_positive_integer_is_refused() {
    for name in ["expires_in_seconds", "session_max_duration_in_seconds"] {
        for wrong in ["0", "-5", "1.5", r#""60""#, "null", "1e3"] {
            let form =
                format!(r#"{{"user_id":"user_1","actor":{{"sub":"user_2"}},"{name}":{wrong}}}"#);
            assert_param_invalid(&form, name);
        }
    }
}

#[test]
fn an_unknown_parameter_is_refused() {
    let response = refused(r#"{"user_id":"user_1","actor":{"sub":"user_2"},"colour":"red"}"#);
    assert_eq!((response.status(), response.code().as_str()), (422, "form_param_unknown"));
    assert_eq!(response.error()["meta"], json!({ "param_name": "colour" }));
}

#[test]
fn every_error_in_a_form_is_reported() {
    let response = refused(r#"{"actor":{},"expires_in_seconds":0}"#);
    assert_eq!(response.json()["errors"].as_array().unwrap().len(), 3, "{}", response.body);
}

#[test]
fn a_body_that_is_not_a_json_object_is_refused() {
    for body in ["", "{", "[]", r#""text""#, "null", r#"{"user_id":"user_1"}}"#, "user_id=user_1"] {
        let response = refused(body);
        assert_eq!(
            (response.status(), response.code().as_str()),
            (400, "request_body_invalid"),
            "{body}"
        );
    }
}

#[test]
fn a_content_type_other_than_json_is_refused() {
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let emulator = Emulator::start().unwrap();
        let response = Request { content_type, ..Request::create(&emulator, FORM) }.send(&emulator);
        assert_eq!(
            (response.status(), response.code().as_str()),
            (415, "unsupported_content_type")
        );
        assert!(emulator.tokens().is_empty());
    }
}

#[test]
fn a_charset_is_ignored() {
    let emulator = Emulator::start().unwrap();
    let content_type = Some("application/json; charset=utf-8");
    let response = Request { content_type, ..Request::create(&emulator, FORM) }.send(&emulator);
    assert_eq!(response.status(), 200);
}

#[test]
fn a_body_over_one_mebibyte_is_refused() {
    let emulator = Emulator::start().unwrap();
    let fits = format!("{FORM}{}", " ".repeat(1024 * 1024 - FORM.len()));
    let too_large = format!("{fits} ");
    assert_eq!(Request::create(&emulator, fits).send(&emulator).status(), 200);
    let response = Request::create(&emulator, too_large).send(&emulator);
    assert_eq!((response.status(), response.code().as_str()), (413, "request_body_too_large"));
    assert_eq!(emulator.tokens().len(), 1);
}

#[test]
fn a_missing_or_wrong_key_is_refused() {
    let emulator = Emulator::start().unwrap();
    let with = |authorization: Option<&str>| {
        let authorization = authorization.map(str::to_owned);
        let response =
            Request { authorization, ..Request::create(&emulator, FORM) }.send(&emulator);
        assert_eq!(response.status(), 401);
        response.code()
    };
    assert_eq!(with(None), "authentication_invalid");
    assert_eq!(with(Some("Bearer sk_test_wrong")), "clerk_key_invalid");
    assert_eq!(with(Some("Basic c2tfdGVzdA==")), "authorization_header_format_invalid");
    assert_eq!(with(Some(emulator.secret_key())), "authorization_header_format_invalid");
    assert!(emulator.tokens().is_empty());
    assert_eq!(emulator.requests(), 4);
}

#[test]
fn every_operation_of_the_backend_api_requires_the_key() {
    let emulator = Emulator::start().unwrap();
    let token = create(&emulator).id();
    let session = emulator.start_session("user_1").id;
    for request in [
        Request::revoke(&emulator, &token),
        Request::get(&emulator, "/v1/sessions"),
        Request::get(&emulator, format!("/v1/sessions/{session}")),
        Request::post(&emulator, format!("/v1/sessions/{session}/revoke")),
        Request::post(&emulator, format!("/v1/sessions/{session}/tokens")),
        Request::get(&emulator, "/v1/jwks"),
    ] {
        let response = Request { authorization: None, ..request }.send(&emulator);
        assert_eq!((response.status(), response.code().as_str()), (401, "authentication_invalid"));
    }
    assert_eq!(emulator.tokens()[0].status.as_str(), "pending");
    assert_eq!(emulator.session(&session).unwrap().status.as_str(), "active");
}

#[test]
fn a_user_who_does_not_exist_is_not_found() {
    let emulator =
        Emulator::builder().users(["user_1"]).users([String::from("user_3")]).start().unwrap();
    assert_eq!(create(&emulator).status(), 200);
    let form = r#"{"user_id":"user_4","actor":{"sub":"user_2"}}"#;
    let response = Request::create(&emulator, form).send(&emulator);
    assert_eq!(response.status(), 404);
    let expected = json!({
        "message": "not found",
        "long_message": "No user was found with id user_4",
        "code": "resource_not_found",
    });
    assert_eq!(response.error(), expected);
    assert_eq!(emulator.tokens().len(), 1);
}

#[test]
fn a_token_that_does_not_exist_is_not_found() {
    let emulator = Emulator::start().unwrap();
    let response = revoke(&emulator, "act_unknown");
    assert_eq!(response.status(), 404);
    let expected = json!({
        "message": "not found",
        "long_message": "Resource not found",
        "code": "resource_not_found",
    });
    assert_eq!(response.error(), expected);
}

#[test]
fn other_paths_are_not_found() {
    let emulator = Emulator::start().unwrap();
    for path in ["/v1/users/user_1/ban", "/v1/actor_tokens/", "/actor_tokens", "/"] {
        let response =
            Request { path: path.to_owned(), ..Request::create(&emulator, FORM) }.send(&emulator);
        assert_eq!(
            (response.status(), response.code().as_str()),
            (404, "resource_not_found"),
            "{path}"
        );
    }
}

#[test]
fn every_endpoint_requires_its_method() {
    let emulator = Emulator::start().unwrap();
    for (path, allowed) in [
        ("/v1/actor_tokens", "POST"),
        ("/v1/actor_tokens/act_1/revoke", "POST"),
        ("/v1/sessions", "GET"),
        ("/v1/sessions/sess_1", "GET"),
        ("/v1/sessions/sess_1/revoke", "POST"),
        ("/v1/sessions/sess_1/tokens", "POST"),
        ("/v1/jwks", "GET"),
        ("/.well-known/jwks.json", "GET"),
        ("/v1/tickets/accept", "GET"),
        ("/v1/client/sign_ins", "POST"),
        ("/v1/client/sessions/sess_1/tokens", "POST"),
        ("/v1/client/sessions/sess_1/touch", "POST"),
        ("/v1/client/sessions/sess_1/end", "POST"),
        ("/sign-in", "GET"),
        ("/sessions/sess_1", "GET"),
        ("/sessions/sess_1/end", "POST"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            if method != allowed {
                let response = Request { method, ..Request::post(&emulator, path) }.send(&emulator);
                assert_eq!(response.status(), 405, "{method} {path}");
                assert_eq!(response.code(), "method_not_allowed");
                assert_eq!(response.header("Allow"), Some(allowed));
            }
        }
    }
}

#[test]
fn bytes_that_are_not_http_do_not_count() {
    let emulator = Emulator::start().unwrap();
    assert_eq!(
        exchange(&emulator, b"\x16\x03\x01 hello?\r\n\r\n").map(|response| response.status()),
        Some(400)
    );
    assert_eq!(emulator.requests(), 0);
}

#[test]
fn invalid_keys_are_refused_at_start() {
    for key in ["", "sk_test a", "sk_test_\n", "sk_tést"] {
        let error = Emulator::builder().secret_key(key).start().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(!error.to_string().contains("sk_"));
    }
}

#[test]
fn invalid_sign_in_urls_are_refused_at_start() {
    for url in
        ["", "/sign-in", "localhost:3000", "ftp://localhost", "http://a b", "http://a/\r\nX: y"]
    {
        let error = Emulator::builder().sign_in_url(url).start().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{url}");
        assert!(error.to_string().starts_with("sign-in URL must be"), "{error}");
    }
}

#[test]
fn a_taken_port_is_refused_at_start() {
    let emulator = Emulator::start().unwrap();
    let address = http_client::host(&emulator);
    let port = address.rsplit(':').next().unwrap().parse().unwrap();
    let error = Emulator::builder().port(port).start().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().starts_with(&format!("failed to listen on {address}: ")), "{error}");
}
