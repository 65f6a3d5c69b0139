//! What a call sends, and that it sends nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Waker},
};

use clerk_core::{
    Actor, ActorTokenStatus, ActorTokens, Attempt, Call, CreateActorToken, Error, RetryConfig,
    SendProgress, Sent, TransportErrorKind, UserId,
};
use clerk_transport_mock::{
    Fault, ManualTimer, MockHttpTransport, reply, request, run_until_stalled,
};
use rehearsal::{
    Rehearsal, command, created, finish, id, revoked, seconds, secret_key, status, with_header,
};

#[test]
fn create_sends_one_complete_request_and_returns_the_token() {
    let rehearsal = Rehearsal::of_clerk(|builder| builder);
    let actor = Actor::from_json(r#"{ "sub":"user_support","case":1.10 }"#).unwrap();
    let command = CreateActorToken::new(UserId::new("user_7").unwrap(), actor.clone())
        .expires_in(seconds(600));

    let actor_token = finish(rehearsal.actor_tokens.create(command)).unwrap();

    assert_eq!(
        (actor_token.id.as_str(), actor_token.status),
        ("act_of_user_7", ActorTokenStatus::Pending)
    );
    assert_eq!((actor_token.user_id.as_str(), &actor_token.actor), ("user_7", actor.claims()));
    assert_eq!(actor_token.token.unwrap().expose(), "ticket_of_act_of_user_7");
    assert!(actor_token.url.unwrap().expose().ends_with("?ticket=ticket_of_act_of_user_7"));
    assert_eq!(actor_token.created_at.as_millis(), 1_735_689_600_000);

    let request = rehearsal.request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.clerk.com/v1/actor_tokens");
    let body = r#"{"user_id":"user_7","actor":{ "sub":"user_support","case":1.10 },"expires_in_seconds":600}"#;
    assert_eq!(request.body().as_ref(), body.as_bytes());
    let version = env!("CARGO_PKG_VERSION");
    for (name, value) in [
        ("authorization", "Bearer sk_test_abc".to_owned()),
        ("accept", "application/json".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
        ("clerk-api-version", "2026-05-12".to_owned()),
        ("user-agent", format!("clerk-actor-tokens/{version}")),
        ("x-clerk-sdk", format!("rust/{version}")),
    ] {
        assert_eq!(request.headers()[name].to_str().unwrap(), value, "{name}");
    }
    assert_eq!(request.headers().len(), 7);
    assert!(request.headers()["authorization"].is_sensitive());
    let attempt = Attempt::of(&request).unwrap();
    assert_eq!((attempt.operation(), attempt.number()), ("actor_tokens.create", 1));
    assert_eq!(attempt.limit(), Some(seconds(10)));
}

#[test]
fn revoke_sends_one_request_without_a_body_and_returns_the_revoked_token() {
    let rehearsal = Rehearsal::of([revoked()]);

    let actor_token = rehearsal.revoke().unwrap();

    assert_eq!((actor_token.id, actor_token.status), (id(), ActorTokenStatus::Revoked));
    assert!(actor_token.token.is_none() && actor_token.url.is_none());
    let request = rehearsal.request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.clerk.com/v1/actor_tokens/act_1/revoke");
    assert!(request.body().as_ref().is_empty());
    assert_eq!(request.headers()["content-length"], "0");
    assert!(!request.headers().contains_key("content-type"));
    assert_eq!(request.headers()["authorization"], "Bearer sk_test_abc");
}

#[test]
fn client_settings_apply_to_every_request() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder
            .base_url("http://127.0.0.1:4010/v1/")
            .api_version_header("2025-11-10")
            .user_agent("desk/1")
    });
    rehearsal.create().unwrap();
    rehearsal.revoke().unwrap();
    let requests = rehearsal.take_requests();
    assert_eq!(requests[0].uri(), "http://127.0.0.1:4010/v1/actor_tokens");
    assert_eq!(requests[1].uri(), "http://127.0.0.1:4010/v1/actor_tokens/act_1/revoke");
    for request in requests {
        assert_eq!(request.headers()["clerk-api-version"], "2025-11-10");
        assert_eq!(request.headers()["user-agent"], "desk/1");
    }
}

#[test]
fn every_attempt_sends_the_same_request_with_its_own_progress() {
    let rehearsal = Rehearsal::of([status(429), status(429), created()]);
    rehearsal.create().unwrap();
    let requests = rehearsal.take_requests();
    let [first, .., last] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!(
        (first.uri(), first.headers(), first.body()),
        (last.uri(), last.headers(), last.body())
    );
    SendProgress::of(first).mark_not_written();
    assert_eq!(SendProgress::of(last).sent(), Sent::Maybe);
}

#[test]
fn without_a_timer_there_is_one_attempt() {
    for fails in [
        || status(429),
        || status(503),
        || reply::failure(TransportErrorKind::Io),
        || reply::failure_unsent(TransportErrorKind::Connect),
    ] {
        let mut transport = MockHttpTransport::new();
        transport.expect_send().times(2).returning(move |_| fails());
        let actor_tokens = ActorTokens::new(transport, secret_key());
        assert_eq!(finish(actor_tokens.revoke(&id())).unwrap_err().attempts(), 1);
        assert_eq!(finish(actor_tokens.create(command())).unwrap_err().attempts(), 1);
    }
}

#[test]
fn without_a_timer_calls_succeed_and_may_disable_retries() {
    let mut transport = MockHttpTransport::new();
    transport
        .expect_send()
        .withf(request::is_create_for("user_1"))
        .returning(|request| reply::clerk(&request));
    let actor_tokens =
        ActorTokens::builder(transport, secret_key()).retries(RetryConfig::none()).build().unwrap();
    assert!(finish(actor_tokens.create(command()).retries(RetryConfig::none())).is_ok());
}

#[test]
fn a_call_that_is_never_polled_sends_nothing() {
    let rehearsal = Rehearsal::of([]);
    drop(rehearsal.actor_tokens.create(command()));
    let unpolled: Call<_> = rehearsal.actor_tokens.revoke(&id());
    rehearsal.timer.advance(seconds(3600));
    assert_eq!(rehearsal.requests(), 0);
    drop(unpolled);
}

#[test]
fn a_call_dropped_between_attempts_sends_nothing_more() {
    let rehearsal = Rehearsal::with_timer(
        ManualTimer::new(),
        [with_header(status(429), "retry-after", "5"), created()],
        |builder| builder,
    );
    let mut call = rehearsal.actor_tokens.create(command());
    assert!(run_until_stalled(&mut call).is_none());
    assert_eq!((rehearsal.requests(), rehearsal.timer.sleeping()), (1, vec![seconds(5)]));

    drop(call);
    rehearsal.timer.advance(seconds(3600));
    assert_eq!((rehearsal.requests(), rehearsal.timer.sleeping()), (1, vec![]));
}

#[test]
fn a_call_dropped_during_an_attempt_leaves_nothing_behind() {
    let rehearsal = Rehearsal::with_timer(ManualTimer::new(), [], |builder| builder);
    rehearsal.transport.inject(Fault::delay(seconds(1)));
    let mut call = rehearsal.actor_tokens.create(command());
    assert!(run_until_stalled(&mut call).is_none());
    assert_eq!(
        rehearsal.timer.sleeping(),
        [seconds(1), seconds(10)],
        "the delay and the attempt timeout"
    );

    drop(call);
    rehearsal.timer.advance(seconds(3600));
    assert_eq!((rehearsal.transport.sent(), rehearsal.timer.sleeping()), (0, vec![]));
}

#[test]
fn polling_a_finished_call_neither_panics_nor_sends() {
    let rehearsal = Rehearsal::of([created()]);
    let mut call = rehearsal.actor_tokens.create(command());
    assert!(run_until_stalled(&mut call).unwrap().is_ok());
    assert!(run_until_stalled(&mut call).is_none());
    assert_eq!(rehearsal.requests(), 1);

    let mut rejected = rehearsal.actor_tokens.create(command().expires_in(seconds(0)));
    assert!(run_until_stalled(&mut rejected).unwrap().is_err());
    assert!(run_until_stalled(&mut rejected).is_none());
    assert_eq!(rehearsal.requests(), 1);
}

#[test]
fn a_call_can_be_spawned() {
    fn spawnable<T: Future + Send + Unpin + 'static>(_: &T) {}
    let rehearsal = Rehearsal::of([]);
    spawnable(&rehearsal.actor_tokens.create(command()));
}

#[test]
fn clones_of_a_client_share_their_transport() {
    let rehearsal = Rehearsal::of([created(), revoked()]);
    let clone = rehearsal.actor_tokens.clone();
    finish(clone.create(command())).unwrap();
    rehearsal.revoke().unwrap();
    assert_eq!(rehearsal.requests(), 2);
}

#[test]
fn an_invalid_lifetime_is_rejected_and_nothing_is_sent() {
    let rehearsal = Rehearsal::of([]);
    for command in [
        command().expires_in(seconds(0)),
        command().session_max_duration(std::time::Duration::from_millis(1500)),
    ] {
        let error = finish(rehearsal.actor_tokens.create(command)).unwrap_err();
        assert!(
            matches!(error, Error::InvalidInput(_))
                && error.is_invalid_request()
                && !error.is_ambiguous()
        );
        assert_eq!(error.attempts(), 0);
    }
}

#[test]
fn debug_shows_the_state_of_a_call() {
    let rehearsal = Rehearsal::of_clerk(|builder| builder);
    let mut call = rehearsal.actor_tokens.revoke(&id());
    assert!(format!("{call:?}").starts_with("Call(\"actor_tokens.revoke\", Limits {"), "{call:?}");
    rehearsal.transport.inject(Fault::silence().after_effect());
    // Time does not jump before the second poll, so one poll shows a running call.
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut call).poll(&mut context).is_pending());
    assert_eq!(format!("{call:?}"), "Call(\"running\")");
    assert!(run_until_stalled(&mut call).is_some());
    assert_eq!(format!("{call:?}"), "Call(\"done\")");
    let rejected = rehearsal.actor_tokens.revoke(&id()).header("host", "x");
    assert!(format!("{rejected:?}").starts_with("Call(InvalidInput {"), "{rejected:?}");
}
