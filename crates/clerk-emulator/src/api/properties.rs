//! What holds for every request, however odd.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use proptest::prelude::*;

use super::{request::RequestBody, route::respond};
use crate::state::{Instance, NewToken, Settings, generate};

/// The parts of a request before they are put together, for some of them depend on the instance.
#[derive(Debug, Clone)]
struct Draft {
    method: Method,
    path: String,
    query: String,
    headers: Vec<(header::HeaderName, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

/// Generates a string in which `TICKET`, `SESSION`, `TOKEN` and `KEY` stand for valid ones.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop_oneof![Just("TICKET"), Just("SESSION"), Just("TOKEN"), Just("KEY")]
            .prop_map(str::to_owned),
        1 => "[ -~]{0,12}",
        1 => any::<String>(),
    ]
}

fn draft() -> impl Strategy<Value = Draft> {
    let method = prop_oneof![
        6 => prop_oneof![Just(Method::GET), Just(Method::POST)],
        1 => prop_oneof![Just(Method::HEAD), Just(Method::OPTIONS), Just(Method::DELETE)],
    ];
    let path = prop_oneof![
        8 => prop_oneof![
            Just("/v1/actor_tokens"),
            Just("/v1/actor_tokens/ID/revoke"),
            Just("/v1/sessions"),
            Just("/v1/sessions/ID"),
            Just("/v1/sessions/ID/revoke"),
            Just("/v1/sessions/ID/tokens"),
            Just("/v1/jwks"),
            Just("/.well-known/jwks.json"),
            Just("/v1/tickets/accept"),
            Just("/v1/client/sign_ins"),
            Just("/v1/client/sessions/ID/tokens"),
            Just("/v1/client/sessions/ID/touch"),
            Just("/v1/client/sessions/ID/end"),
            Just("/sign-in"),
            Just("/sessions/ID"),
            Just("/sessions/ID/end"),
        ]
        .prop_map(str::to_owned),
        1 => "/[ -~]{0,20}",
    ];
    let path = (path, word()).prop_map(|(path, id)| path.replace("ID", &id));
    let parameter = prop_oneof![
        Just("ticket=TICKET".to_owned()),
        Just("strategy=ticket".to_owned()),
        Just("__clerk_ticket=TICKET".to_owned()),
        Just("_is_native=1".to_owned()),
        Just("limit=500&paginated=true".to_owned()),
        ("[a-z_]{0,8}", word()).prop_map(|(name, value)| format!("{name}={value}")),
        "[ -~]{0,12}",
    ];
    let query = proptest::collection::vec(parameter, 0..4).prop_map(|all| all.join("&")).boxed();
    let name = prop_oneof![
        4 => Just(header::AUTHORIZATION),
        2 => Just(header::CONTENT_TYPE),
        1 => Just(header::COOKIE),
        1 => Just(header::ORIGIN),
    ];
    let value = prop_oneof![
        6 => Just(b"Bearer KEY".to_vec()),
        2 => Just(b"application/json".to_vec()),
        2 => Just(b"application/x-www-form-urlencoded".to_vec()),
        1 => word().prop_map(|token| format!("__client={token}").into_bytes()),
        1 => any::<Vec<u8>>(),
    ];
    let json = prop_oneof![
        Just(r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#.to_owned()),
        Just(r#"{"expires_in_seconds":60}"#.to_owned()),
        r#"[\{\}\[\]":,a-z0-9 ]{0,30}"#,
    ];
    let body = prop_oneof![
        json.prop_map(|json| Some(json.into_bytes())),
        query.clone().prop_map(|form| Some(form.into_bytes())),
        any::<Vec<u8>>().prop_map(Some),
        Just(None),
    ];
    let headers = proptest::collection::vec((name, value), 0..5);
    (method, path, query, headers, body).prop_map(|(method, path, query, headers, body)| Draft {
        method,
        path,
        query,
        headers,
        body,
    })
}

/// Returns a request, unless no client could send it.
fn request(draft: Draft, fill: impl Fn(&[u8]) -> Vec<u8>) -> Option<Request<RequestBody>> {
    let target = fill(format!("{}?{}", draft.path, draft.query).as_bytes());
    let body = draft
        .body
        .map_or(RequestBody::TooLarge, |body| RequestBody::Complete(Bytes::from(fill(&body))));
    let mut request =
        Request::builder().method(draft.method).uri(target.as_slice()).body(body).ok()?;
    for (name, value) in draft.headers {
        request.headers_mut().insert(name, HeaderValue::from_bytes(&fill(&value)).ok()?);
    }
    Some(request)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_request_has_a_complete_response(draft in draft()) {
        let settings =
            Settings { secret_key: "sk_test_a".to_owned(), ..Settings::default() };
        let instance = Instance::new(settings, "http://127.0.0.1:1".to_owned()).unwrap();
        let issue = || instance.issue(NewToken::new("user_1", r#"{"sub":"user_2"}"#)).unwrap();
        let (token, used) = (issue(), issue());
        let session = instance.sign_in(&used.token, generate::client_id()).unwrap();
        let fill = |bytes: &[u8]| {
            let filled = String::from_utf8_lossy(bytes)
                .replace("TICKET", &token.token)
                .replace("SESSION", &session.id)
                .replace("TOKEN", &token.id)
                .replace("KEY", &instance.settings.secret_key);
            // What is not UTF-8 has nothing to fill in.
            if std::str::from_utf8(bytes).is_ok() { filled.into_bytes() } else { bytes.to_vec() }
        };
        let Some(request) = request(draft, fill) else { return Ok(()) };

        let response = respond(&instance, &request, "trace_1");
        prop_assert_eq!(&response.headers()["clerk-trace-id"], "trace_1");
        match response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) {
            Some(b"application/json") => {
                let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
                let is_refusal = json["errors"][0]["code"].is_string();
                prop_assert_eq!(is_refusal, !response.status().is_success());
            }
            Some(b"text/html; charset=utf-8") => {
                let html = std::str::from_utf8(response.body()).unwrap();
                prop_assert!(html.ends_with("</html>") && !html.contains("<script"));
            }
            _ => {
                prop_assert!(response.status().is_redirection() && response.body().is_empty());
                prop_assert!(response.headers().contains_key(header::LOCATION));
            }
        }
        let is_complete = matches!(request.body(), RequestBody::Complete(_));
        prop_assert!(is_complete || response.status().is_client_error());
    }
}
