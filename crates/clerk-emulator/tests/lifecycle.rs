//! The life of a token, as a client and as a test see it.

mod http_client;

use std::{collections::HashSet, time::Duration};

use clerk_emulator::{AcceptError, Emulator, Fault, IssueError, NewToken, TokenStatus};
use http_client::{FORM, Request, create, revoke};

#[test]
fn a_create_returns_a_complete_token() {
    let emulator = Emulator::start().unwrap();
    let response = create(&emulator);
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    assert_eq!(response.header("Clerk-Trace-Id").unwrap().len(), 32);

    let token = response.json();
    assert_eq!(token["object"], "actor_token");
    assert_eq!(token["status"], "pending");
    assert_eq!(token["user_id"], "user_1");
    assert_eq!(token["actor"]["sub"], "user_2");
    assert_eq!(token["created_at"], token["updated_at"]);
    assert!(token["created_at"].as_i64().unwrap() > 1_700_000_000_000, "milliseconds");
    let random = token["id"].as_str().unwrap().strip_prefix("act_").unwrap();
    assert_eq!(random.len(), 27);
    let ticket = token["token"].as_str().unwrap();
    assert_eq!(ticket.split('.').count(), 3);
    let url = token["url"].as_str().unwrap();
    assert_eq!(url, format!("{}/tickets/accept?ticket={ticket}", emulator.base_url()));
}

#[test]
fn a_test_sees_what_the_client_gets() {
    let emulator = Emulator::start().unwrap();
    let created = create(&emulator).json();
    let tokens = emulator.tokens();
    assert_eq!(tokens.len(), 1);
    let token = &tokens[0];
    assert_eq!(created["id"], token.id);
    assert_eq!(created["token"], token.token);
    assert_eq!(created["url"], token.url);
    assert_eq!(created["created_at"], token.created_at);
    assert_eq!((token.expires_in_seconds, token.session_max_duration_in_seconds), (3600, 1800));
    assert_eq!(emulator.token(&token.id).as_ref(), Some(token));
    assert_eq!(emulator.token("act_unknown"), None);
    assert_eq!(emulator.requests(), 1);
}

#[test]
fn durations_are_stored() {
    let emulator = Emulator::start().unwrap();
    let form = r#"{"user_id":"user_1","actor":{"sub":"user_2"},"expires_in_seconds":60,"session_max_duration_in_seconds":90}"#;
    Request::create(&emulator, form).send(&emulator).id();
    let token = &emulator.tokens()[0];
    assert_eq!((token.expires_in_seconds, token.session_max_duration_in_seconds), (60, 90));
}

#[test]
fn the_actor_comes_back_byte_for_byte() {
    let emulator = Emulator::start().unwrap();
    let actor = r#"{ "sub":"user_2", "a":1.10,"b":1e400,
        "c":123456789012345678901234567890, "d":{"z":null,"a":[ ]}, "é":"\u00e9" }"#;
    let response = Request::create(&emulator, format!(r#"{{"actor":{actor},"user_id":"user_1"}}"#))
        .send(&emulator);
    assert!(response.body.contains(&format!(r#""actor":{actor},"#)), "{}", response.body);
    // Not from the response: 1e400 is too large for the JSON parser of this test.
    let token = &emulator.tokens()[0];
    assert_eq!(token.actor, actor);
    assert!(revoke(&emulator, &token.id).body.contains(&format!(r#""actor":{actor},"#)));
}

#[test]
fn a_pending_token_can_be_revoked() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    emulator.advance(Duration::from_secs(10));
    let revoked = revoke(&emulator, &id).json();
    assert_eq!(revoked["object"], "actor_token");
    assert_eq!(revoked["id"], id);
    assert_eq!(revoked["status"], "revoked");
    assert!(
        revoked["updated_at"].as_i64().unwrap() >= revoked["created_at"].as_i64().unwrap() + 10_000
    );
    assert_eq!(revoked.get("token"), None);
    assert_eq!(revoked.get("url"), None);
    assert_eq!(emulator.token(&id).unwrap().status, TokenStatus::Revoked);
}

#[test]
fn the_body_of_a_revoke_is_ignored() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    let request = Request {
        content_type: Some("application/json"),
        body: "{}".to_owned(),
        ..Request::revoke(&emulator, &id)
    };
    assert_eq!(request.send(&emulator).status(), 200);
}

#[test]
fn a_second_revoke_is_refused() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    assert_eq!(revoke(&emulator, &id).status(), 200);
    let refused = revoke(&emulator, &id);
    assert_eq!(refused.status(), 400);
    let error = refused.error();
    assert_eq!(error["code"], "actor_token_cannot_be_revoked_code");
    assert_eq!(error["message"], "cannot revoke");
    assert_eq!(
        error["long_message"],
        "Actor token cannot be revoked because its status is revoked. Only pending tokens can be revoked."
    );
    assert_eq!(error.get("meta"), None);
}

#[test]
fn an_accepted_token_cannot_be_revoked() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    emulator.accept(&id).unwrap();
    assert_eq!(emulator.token(&id).unwrap().status, TokenStatus::Accepted);
    let refused = revoke(&emulator, &id);
    assert_eq!(refused.status(), 400);
    assert!(refused.error()["long_message"].as_str().unwrap().contains("its status is accepted."));
}

#[test]
fn only_a_pending_token_can_be_accepted() {
    let emulator = Emulator::start().unwrap();
    let (first, second) = (create(&emulator).id(), create(&emulator).id());
    emulator.accept(&first).unwrap();
    revoke(&emulator, &second);
    assert_eq!(emulator.accept(&first), Err(AcceptError::NotPending(TokenStatus::Accepted)));
    assert_eq!(emulator.accept(&second), Err(AcceptError::NotPending(TokenStatus::Revoked)));
    assert_eq!(emulator.accept("act_unknown"), Err(AcceptError::NotFound));
}

#[test]
fn an_expired_token_can_be_neither_revoked_nor_accepted() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    emulator.advance(Duration::from_secs(3600));
    let refused = revoke(&emulator, &id);
    assert_eq!(
        (refused.status(), refused.code().as_str()),
        (400, "actor_token_cannot_be_revoked_code")
    );
    assert_eq!(emulator.accept(&id), Err(AcceptError::Expired));
    assert_eq!(emulator.token(&id).unwrap().status, TokenStatus::Pending);
}

#[test]
fn a_token_lives_as_long_as_requested() {
    let emulator = Emulator::start().unwrap();
    let form = r#"{"user_id":"user_1","actor":{"sub":"user_2"},"expires_in_seconds":7200}"#;
    let id = Request::create(&emulator, form).send(&emulator).id();
    emulator.advance(Duration::from_secs(3600));
    assert_eq!(revoke(&emulator, &id).status(), 200);
}

#[test]
fn a_test_can_issue_and_revoke_a_token_without_http() {
    let emulator = Emulator::start().unwrap();
    let new = NewToken::new("user_1", r#"{"sub":"user_2"}"#)
        .expires_in_seconds(60)
        .session_max_duration_in_seconds(90);
    let token = emulator.issue(new).unwrap();
    assert_eq!((token.expires_in_seconds, token.session_max_duration_in_seconds), (60, 90));
    assert_eq!(emulator.tokens(), std::slice::from_ref(&token));
    assert_eq!(emulator.revoke(&token.id).unwrap().status, TokenStatus::Revoked);
    let revoked = AcceptError::NotPending(TokenStatus::Revoked);
    assert_eq!(emulator.revoke(&token.id), Err(revoked));
    assert_eq!(emulator.requests(), 0);
}

#[test]
fn an_invalid_actor_is_refused_without_http_too() {
    let emulator = Emulator::start().unwrap();
    for actor in ["", "null", "[]", "{}", r#"{"sub":""}"#, r#"{"sub":7}"#, r#"{"sub":"a"}}"#] {
        let refused = emulator.issue(NewToken::new("user_1", actor));
        assert_eq!(refused, Err(IssueError::InvalidActor), "{actor}");
    }
    assert!(emulator.tokens().is_empty());
}

#[test]
fn two_creates_issue_two_tokens() {
    let emulator = Emulator::start().unwrap();
    let ids = [create(&emulator).id(), create(&emulator).id()];
    assert_ne!(ids[0], ids[1]);
    assert_eq!(emulator.tokens().iter().map(|token| token.id.as_str()).collect::<Vec<_>>(), ids);
}

#[test]
fn one_connection_can_carry_many_requests() {
    use std::io::Write as _;

    let emulator = Emulator::start().unwrap();
    let keep_alive = String::from_utf8(Request::create(&emulator, FORM).bytes()).unwrap();
    let keep_alive = keep_alive.replace("Connection: close\r\n", "");
    let mut bytes = keep_alive.repeat(2).into_bytes();
    bytes.write_all(&Request::create(&emulator, FORM).bytes()).unwrap();
    let response = http_client::exchange(&emulator, &bytes).unwrap();
    assert_eq!(response.body.matches("HTTP/1.1 200 OK").count(), 2, "besides the first");
    assert_eq!(emulator.requests(), 3);
}

#[test]
fn concurrent_creates_are_all_stored() {
    let emulator = Emulator::start().unwrap();
    let ids: HashSet<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| (0..10).map(|_| create(&emulator).id()).collect::<Vec<_>>()))
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 160);
    assert_eq!(emulator.tokens().len(), 160);
    assert_eq!(emulator.requests(), 160);
}

#[test]
fn one_of_many_concurrent_revokes_succeeds() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..8).map(|_| scope.spawn(|| revoke(&emulator, &id).status())).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[test]
fn emulators_are_independent() {
    let (one, other) = (Emulator::start().unwrap(), Emulator::start().unwrap());
    assert_ne!(one.base_url(), other.base_url());
    assert_ne!(one.secret_key(), other.secret_key());
    let id = create(&one).id();
    assert_eq!(revoke(&other, &id).status(), 404);
    assert!(other.tokens().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_does_not_stop_the_emulator() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_millis(5)));
    assert_eq!(create(&emulator).status(), 200);
    drop(emulator);
}

#[test]
fn debug_redacts_secrets() {
    let emulator = Emulator::builder().secret_key("sk_test_canary").start().unwrap();
    let token = create(&emulator).json()["token"].as_str().unwrap().to_owned();
    let debug = format!(
        "{emulator:?} {:?} {:?}",
        emulator.tokens(),
        Emulator::builder().secret_key("sk_test_canary")
    );
    assert!(debug.starts_with("Emulator {") && debug.contains("EmulatorBuilder {"), "{debug}");
    assert!(debug.contains("[redacted]"), "{debug}");
    assert!(!debug.contains("canary"), "{debug}");
    assert!(!debug.contains(&token), "{debug}");
}
