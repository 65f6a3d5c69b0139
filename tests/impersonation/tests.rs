use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header::AUTHORIZATION},
};
use clerk_actor_tokens::{Clerk, SecretKey};
use clerk_emulator::Emulator;
use tower::ServiceExt as _;

use crate::{
    app::{AppState, app},
    session::Verifier,
    support_desk::{Row, end, start},
};

/// Returns the state of the service, with the emulator in Clerk's place.
fn state(emulator: &Emulator) -> AppState {
    let key = SecretKey::new(emulator.secret_key()).unwrap();
    let clerk = Clerk::builder(key).base_url(emulator.base_url()).build().unwrap();
    let verifier = Verifier::new(&emulator.jwks(), emulator.issuer()).unwrap();
    AppState { actor_tokens: clerk.actor_tokens().clone(), verifier: Arc::new(verifier) }
}

/// Asks the service to delete the account, without a socket.
async fn delete_account(state: &AppState, session_token: &str) -> StatusCode {
    let request = Request::delete("/account")
        .header(AUTHORIZATION, format!("Bearer {session_token}"))
        .body(Body::empty())
        .unwrap();
    app(state.clone()).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn only_the_user_in_person_can_delete_the_account() {
    let emulator = Emulator::start().unwrap(); // until it is dropped
    let state = state(&emulator);
    let mut row = Row {
        id: "audit_4711".to_owned(),
        reason: "the export hangs".to_owned(),
        user: "user_1".parse().unwrap(),
        support_engineer: "user_support".to_owned(),
        actor_token_id: None,
        ended: false,
    };

    // An impersonator, who is seen and kept out. `sign_in` does what opening the link does.
    let actor_token = start(&state.actor_tokens, &row).await.unwrap();
    row.actor_token_id = Some(actor_token.id);
    let session = emulator.sign_in(actor_token.token.unwrap().expose()).unwrap();
    let session_token = emulator.session_token(&session.id).unwrap();
    let claims = state.verifier.verify(&session_token).unwrap();
    assert_eq!(claims.who(), "user_support as user_1");
    assert_eq!(delete_account(&state, &session_token).await, StatusCode::FORBIDDEN);

    // The user, whose session has no actor, and who is not signed out by the end.
    let own = emulator.start_session("user_1");
    let ended = end(&state.actor_tokens, &row).await.unwrap();
    assert_eq!(ended.sessions.len(), 1);
    assert!(!emulator.session(&session.id).unwrap().status.is_live());
    let session_token = emulator.session_token(&own.id).unwrap();
    assert_eq!(delete_account(&state, &session_token).await, StatusCode::OK);
}
