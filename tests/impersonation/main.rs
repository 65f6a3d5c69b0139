//! The code of `docs/impersonation.md`, with an emulator of Clerk.

#![expect(unreachable_pub, reason = "readers copy these files into modules of their own")]

mod app;
mod audit_id;
mod extractors;
mod session;
mod support_desk;
mod tests;

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header::AUTHORIZATION},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clerk_actor_tokens::{
    Actor, ActorTokens, Clerk, EndedToken, HttpRequest, HttpTransport as _, HyperTransport,
    SecretKey,
};
use clerk_emulator::{Emulator, Fault};
use tower::ServiceExt as _;

use app::{AppState, app};
use audit_id::audit_id;
use session::Verifier;
use support_desk::{Row, end, start};

const DOCS: &str = include_str!("../../docs/impersonation.md");

/// The files that the documentation shows, in its order.
const FILES: [(&str, &str); 6] = [
    ("support_desk.rs", include_str!("support_desk.rs")),
    ("session.rs", include_str!("session.rs")),
    ("extractors.rs", include_str!("extractors.rs")),
    ("app.rs", include_str!("app.rs")),
    ("tests.rs", include_str!("tests.rs")),
    ("audit_id.rs", include_str!("audit_id.rs")),
];

fn client(emulator: &Emulator) -> ActorTokens {
    let key = SecretKey::new(emulator.secret_key()).unwrap();
    let clerk = Clerk::builder(key).base_url(emulator.base_url()).build().unwrap();
    clerk.actor_tokens().clone()
}

fn row() -> Row {
    Row {
        id: "audit_4711".to_owned(),
        reason: "the export hangs".to_owned(),
        user: "user_1".parse().unwrap(),
        support_engineer: "user_support".to_owned(),
        actor_token_id: None,
        ended: false,
    }
}

/// Returns a verifier with the keys that the frontend API publishes.
async fn verifier(emulator: &Emulator) -> Verifier {
    let origin = emulator.base_url().trim_end_matches("/v1");
    let mut request = HttpRequest::default();
    *request.uri_mut() = format!("{origin}/.well-known/jwks.json").parse().unwrap();
    let transport = HyperTransport::builder().no_proxy().build().unwrap();
    let response = transport.send(request).await.unwrap();
    let jwks = str::from_utf8(response.body().as_ref()).unwrap().to_owned();

    let key = emulator.publishable_key();
    let frontend_api = STANDARD.decode(key.trim_start_matches("pk_test_")).unwrap();
    let frontend_api = String::from_utf8(frontend_api).unwrap();
    let issuer = format!("https://{}", frontend_api.trim_end_matches('$'));
    assert_eq!(issuer, emulator.issuer());
    Verifier::new(&jwks, &issuer).unwrap()
}

async fn home(state: &AppState, token: &str) -> (StatusCode, String) {
    let request = Request::get("/").header(AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).unwrap();
    let response = app(state.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 4096).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_token_that_does_not_verify_is_refused() {
    let emulator = Emulator::start().unwrap();
    let verifier = verifier(&emulator).await;
    let own = emulator.start_session("user_1");
    let token = emulator.session_token(&own.id).unwrap();
    let session = verifier.verify(&token).unwrap();
    assert_eq!((session.sid.as_str(), session.act), (&*own.id, None));
    let another_issuer = Verifier::new(&emulator.jwks(), "https://another.example").unwrap();
    assert!(another_issuer.verify(&token).is_err());

    let state = AppState { actor_tokens: client(&emulator), verifier: Arc::new(verifier) };
    assert_eq!(home(&state, &token).await, (StatusCode::OK, "signed in: user_1".to_owned()));
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(342));
    for token in ["", "x", signed, &forged] {
        assert_eq!(home(&state, token).await.0, StatusCode::UNAUTHORIZED, "{token}");
    }
}

#[tokio::test]
async fn an_impersonation_ends_whether_its_token_is_known_or_not() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let mut row = row();
    let token = start(&client, &row).await.unwrap();
    row.actor_token_id = Some(token.id);
    assert_eq!(end(&client, &row).await.unwrap().token, EndedToken::Revoked);

    // The response to this create is lost, and yet somebody gets hold of the link.
    emulator.inject(Fault::drop_connection().after_effect());
    assert!(start(&client, &row).await.unwrap_err().is_ambiguous());
    assert_eq!(emulator.faults_fired(), 1);
    row.actor_token_id = None;
    let session = emulator.sign_in(&emulator.tokens()[1].token).unwrap();
    let ended = end(&client, &row).await.unwrap();
    assert_eq!((ended.token, ended.sessions.len()), (EndedToken::NotGiven, 1));
    assert!(!emulator.session(&session.id).unwrap().status.is_live());
    assert!(!row.reason.is_empty() && !row.ended);
}

#[test]
fn an_id_in_the_actor_is_found_where_other_sdks_put_it() {
    for (json, expected) in [
        (r#"{"sub":"a","audit_id":"audit_1"}"#, Some("audit_1")),
        (r#"{"sub":"a","additionalProperties":{"audit_id":"audit_1"}}"#, Some("audit_1")),
        (r#"{"sub":"a","audit_id":7}"#, None),
        (r#"{"sub":"a","additionalProperties":{}}"#, None),
        (r#"{"sub":"a"}"#, None),
    ] {
        let actor = Actor::from_json(json).unwrap();
        assert_eq!(audit_id(&actor).as_deref(), expected, "{json}");
    }
}

#[test]
fn the_documentation_shows_these_files_and_their_names() {
    let mut rest = DOCS;
    for (name, file) in FILES {
        let (before, after) = rest.split_once("```rust\n").unwrap();
        let (block, after) = after.split_once("```").unwrap();
        assert!(before.ends_with(&format!("`src/{name}`:\n\n")), "{name}");
        assert_eq!(block, file, "{name}");
        rest = after;
    }
    assert!(!rest.contains("```rust"));
}
