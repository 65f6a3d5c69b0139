//! From the ticket to a session and its end, as the frontend API does it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod http_client;

use std::time::Duration;

use clerk_emulator::{AcceptError, Emulator, IssuedToken, NewToken, SessionStatus, TokenStatus};
use http_client::{Request, Response};
use serde_json::{Value, json};

const ACTOR: &str = r#"{"sub":"user_2","audit_id":"audit_1"}"#;

fn issue(emulator: &Emulator) -> IssuedToken {
    emulator.issue(NewToken::new("user_1", ACTOR)).unwrap()
}

/// Opens the link in the `url` of an actor token.
fn open(emulator: &Emulator, url: &str) -> Response {
    let path = url.strip_prefix(emulator.base_url().strip_suffix("/v1").unwrap()).unwrap();
    Request { authorization: None, ..Request::get(emulator, path) }.send(emulator)
}

fn sign_in(emulator: &Emulator, ticket: &str) -> Response {
    let form = format!("strategy=ticket&ticket={ticket}");
    Request::form(emulator, "/v1/client/sign_ins", form).send(emulator)
}

/// Sends a POST of a native client with this token.
fn native(emulator: &Emulator, path: &str, client_token: &str) -> Response {
    let request = Request::form(emulator, format!("{path}?_is_native=1"), "");
    Request { authorization: Some(client_token.to_owned()), ..request }.send(emulator)
}

/// A native client that has signed in.
struct SignedIn {
    emulator: Emulator,
    session_id: String,
    client_token: String,
}

impl SignedIn {
    fn start() -> Self {
        let emulator = Emulator::start().unwrap();
        let form = format!("strategy=ticket&ticket={}", issue(&emulator).token);
        let response =
            Request::form(&emulator, "/v1/client/sign_ins?_is_native=1", form).send(&emulator);
        let session_id = response.json()["response"]["created_session_id"].as_str().unwrap().into();
        let client_token = response.header("authorization").unwrap().to_owned();
        Self { emulator, session_id, client_token }
    }

    fn post(&self, action: &str) -> Response {
        let path = format!("/v1/client/sessions/{}/{action}", self.session_id);
        native(&self.emulator, &path, &self.client_token)
    }

    fn status(&self) -> SessionStatus {
        self.emulator.session(&self.session_id).unwrap().status
    }
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str) {
    assert_eq!((response.status(), response.code().as_str()), (status, code));
}

#[test]
fn the_link_leads_to_the_sign_in_page_of_the_application() {
    let emulator = Emulator::builder().sign_in_url("https://app.example/in?x=y#z").start().unwrap();
    let token = issue(&emulator);
    let response = open(&emulator, &token.url);
    assert_eq!(response.status(), 302);
    let expected = format!("https://app.example/in?x=y&__clerk_ticket={}#z", token.token);
    assert_eq!(response.header("Location"), Some(expected.as_str()));
    assert_eq!(response.header("Cache-Control"), Some("no-store"));
    assert_eq!(emulator.token(&token.id).unwrap().status, TokenStatus::Pending, "not used yet");
}

#[test]
fn signing_in_with_a_ticket_begins_a_session() {
    let emulator = Emulator::start().unwrap();
    let token = issue(&emulator);
    let response = sign_in(&emulator, &token.token);
    assert_eq!(response.status(), 200, "{}", response.body);
    let json = response.json();
    let session = &emulator.sessions()[0];
    assert_eq!(json["response"]["object"], "sign_in_attempt");
    assert_eq!(json["response"]["status"], "complete");
    assert_eq!(json["response"]["created_session_id"], session.id);
    assert_eq!(json["client"]["object"], "client");
    assert_eq!(json["client"]["id"], session.client_id);
    assert_eq!(json["client"]["last_active_session_id"], session.id);
    let sessions = json["client"]["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["id"], session.id);
    assert_eq!(sessions[0]["status"], "active");
    assert_eq!(sessions[0]["user_id"], "user_1");
    assert_eq!(sessions[0]["actor"], json!({ "sub": "user_2", "audit_id": "audit_1" }));
    assert_eq!(sessions[0]["last_active_token"]["object"], "token");
    assert!(sessions[0]["last_active_token"]["jwt"].is_string());
    assert_eq!(session.actor_token_id, Some(token.id.clone()));
    assert_eq!(emulator.token(&token.id).unwrap().status, TokenStatus::Accepted);
}

#[test]
fn a_test_can_sign_in_without_http() {
    let emulator = Emulator::start().unwrap();
    let token = issue(&emulator);
    let session = emulator.sign_in(&token.token).unwrap();
    assert_eq!(session.actor_token_id, Some(token.id));
    assert_eq!(emulator.sessions(), [session]);
    let used = AcceptError::NotPending(TokenStatus::Accepted);
    assert_eq!(emulator.sign_in(&token.token), Err(used));
    assert_eq!(emulator.sign_in("not.a.ticket"), Err(AcceptError::NotFound));
    let link = issue(&emulator).url;
    assert!(emulator.sign_in(&link).unwrap().status.is_live());
    assert_eq!(emulator.requests(), 0);
}

#[test]
fn nobody_can_sign_in_with_a_ticket_that_cannot_be_used() {
    let emulator = Emulator::start().unwrap();
    let [used, revoked, expired, of_deleted] = [(); 4].map(|()| issue(&emulator));
    emulator.accept(&used.id).unwrap();
    emulator.revoke(&revoked.id).unwrap();
    let of_other = issue(&Emulator::start().unwrap());
    let check = |ticket: &str, status, code: &str| {
        let url = format!("{}/tickets/accept?ticket={ticket}", emulator.base_url());
        assert_refused(&open(&emulator, &url), status, code);
        assert_refused(&sign_in(&emulator, ticket), status, code);
    };
    check(&used.token, 400, "actor_token_already_used_code");
    check(&revoked.token, 400, "actor_token_revoked_code");
    check(&of_other.token, 400, "ticket_invalid_code");
    check("a.b.c", 400, "ticket_invalid_code");
    check(&format!("{}x", expired.token), 400, "ticket_invalid_code");
    emulator.delete_user("user_1");
    check(&of_deleted.token, 404, "actor_token_subject_not_found");
    emulator.advance(Duration::from_secs(3600));
    check(&expired.token, 400, "ticket_expired_code");
    assert_eq!(emulator.sessions().len(), 1, "that of the accepted token");
}

#[test]
fn a_ticket_is_needed_to_open_the_link() {
    let emulator = Emulator::start().unwrap();
    let url = format!("{}/tickets/accept", emulator.base_url());
    assert_refused(&open(&emulator, &url), 400, "ticket_invalid_code");
}

#[test]
fn an_invalid_sign_in_form_is_refused() {
    let emulator = Emulator::start().unwrap();
    for (form, code, name) in [
        ("", "form_param_missing", "strategy"),
        ("ticket=a.b.c", "form_param_missing", "strategy"),
        ("strategy=password&ticket=a.b.c", "form_param_value_invalid", "strategy"),
        ("strategy=ticket", "form_param_missing", "ticket"),
        ("strategy=ticket&ticket=", "form_param_missing", "ticket"),
    ] {
        let response = Request::form(&emulator, "/v1/client/sign_ins", form).send(&emulator);
        assert_refused(&response, 422, code);
        assert_eq!(response.error()["meta"], json!({ "param_name": name }), "{form}");
    }
    let json = Request { authorization: None, ..Request::create(&emulator, "{}") };
    let json = Request { path: "/v1/client/sign_ins".to_owned(), ..json };
    assert_refused(&json.send(&emulator), 415, "unsupported_content_type");
}

#[test]
fn one_of_many_concurrent_sign_ins_succeeds() {
    let emulator = Emulator::start().unwrap();
    let ticket = issue(&emulator).token;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..8).map(|_| scope.spawn(|| sign_in(&emulator, &ticket).status())).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(emulator.sessions().len(), 1);
}

#[test]
fn a_browser_is_known_by_its_cookie() {
    let emulator = Emulator::start().unwrap();
    let response = sign_in(&emulator, &issue(&emulator).token);
    assert_eq!(response.header("authorization"), None);
    let cookie = response.header("Set-Cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let (cookie, _) = cookie.split_once(';').unwrap();
    let id = emulator.sessions()[0].id.clone();
    let path = format!("/v1/client/sessions/{id}/touch");
    let touch = Request::form(&emulator, path, "").header("Cookie", format!("a=b; {cookie}; c=d"));
    assert_eq!(touch.send(&emulator).status(), 200);
}

#[test]
fn a_client_can_have_several_sessions() {
    let signed_in = SignedIn::start();
    let emulator = &signed_in.emulator;
    let form = format!("strategy=ticket&ticket={}", issue(emulator).token);
    let request = Request::form(emulator, "/v1/client/sign_ins?_is_native=1", form);
    let second = Request { authorization: Some(signed_in.client_token.clone()), ..request };
    let client = &second.send(emulator).json()["client"];
    assert_eq!(client["sessions"].as_array().unwrap().len(), 2);
    let ids = emulator.sessions().into_iter().map(|session| session.client_id);
    assert!(ids.into_iter().all(|id| id == client["id"].as_str().unwrap()));
}

#[test]
fn a_client_token_is_replaced_with_each_response_and_stays_valid() {
    let signed_in = SignedIn::start();
    let next = signed_in.post("touch").header("authorization").unwrap().to_owned();
    assert_ne!(next, signed_in.client_token);
    assert_eq!(signed_in.post("touch").status(), 200);
    assert_eq!(SignedIn { client_token: next, ..signed_in }.post("touch").status(), 200);
}

#[test]
fn touches_and_tokens_keep_a_session_alive() {
    for action in ["touch", "tokens"] {
        let signed_in = SignedIn::start();
        for _ in 0..2 {
            signed_in.emulator.advance(Duration::from_secs(599));
            let response = signed_in.post(action);
            assert_eq!(response.status(), 200, "{action}: {}", response.body);
        }
        signed_in.emulator.advance(Duration::from_secs(600));
        assert_eq!(signed_in.status(), SessionStatus::Abandoned);
        assert_refused(&signed_in.post(action), 404, "resource_not_found");
    }
}

#[test]
fn a_touch_returns_the_session_and_the_client() {
    let signed_in = SignedIn::start();
    let other = signed_in.emulator.sign_in(&issue(&signed_in.emulator).token).unwrap();
    let touched = signed_in.post("touch").json();
    assert_eq!(touched["response"]["object"], "session");
    assert_eq!(touched["response"]["id"], signed_in.session_id);
    let sessions = touched["client"]["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 1, "not that of another client");
    assert_eq!(sessions[0]["id"], signed_in.session_id);
    assert_ne!(touched["client"]["id"], other.client_id);
}

#[test]
fn an_ended_session_is_over_for_its_client() {
    let signed_in = SignedIn::start();
    let ended = signed_in.post("end").json();
    assert_eq!(ended["response"]["status"], "ended");
    assert_eq!(ended["client"]["sessions"], json!([]));
    assert_eq!(ended["client"]["last_active_session_id"], Value::Null);
    assert_eq!(signed_in.status(), SessionStatus::Ended);
    for action in ["tokens", "touch", "end"] {
        assert_refused(&signed_in.post(action), 404, "resource_not_found");
    }
}

#[test]
fn a_revoked_session_is_over_for_its_client() {
    let signed_in = SignedIn::start();
    signed_in.emulator.revoke_session(&signed_in.session_id).unwrap();
    for action in ["tokens", "touch", "end"] {
        assert_refused(&signed_in.post(action), 404, "resource_not_found");
    }
    assert_eq!(signed_in.status(), SessionStatus::Revoked);
}

#[test]
fn a_session_can_be_used_only_by_its_client() {
    let signed_in = SignedIn::start();
    let emulator = &signed_in.emulator;
    let other = emulator.sign_in(&issue(emulator).token).unwrap().id;
    for action in ["tokens", "touch", "end"] {
        let of_other = format!("/v1/client/sessions/{other}/{action}");
        let response = native(emulator, &of_other, &signed_in.client_token);
        assert_refused(&response, 404, "resource_not_found");
        let own = format!("/v1/client/sessions/{}/{action}", signed_in.session_id);
        for stranger in ["", "a.b.c", emulator.secret_key()] {
            assert_refused(&native(emulator, &own, stranger), 401, "authentication_invalid");
        }
        let without_cookie = Request::form(emulator, own.as_str(), "").send(emulator);
        assert_refused(&without_cookie, 401, "authentication_invalid");
    }
    assert_eq!(signed_in.status(), SessionStatus::Active);
}

#[test]
fn the_words_bearer_and_true_are_understood_too() {
    let signed_in = SignedIn::start();
    let path = format!("/v1/client/sessions/{}/touch?_is_native=true", signed_in.session_id);
    let request = Request::form(&signed_in.emulator, path, "");
    let authorization = Some(format!("Bearer {}", signed_in.client_token));
    let response = Request { authorization, ..request }.send(&signed_in.emulator);
    assert_eq!(response.status(), 200);
}
