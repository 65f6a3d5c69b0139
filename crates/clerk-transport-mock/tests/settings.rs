//! Settings of clients and calls: which apply, and which are rejected.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::time::Duration;

use clerk_core::{ActorToken, ActorTokens, ActorTokensBuilder, Call, Error, RetryConfig};
use clerk_transport_mock::{Fault, ManualTimer, MockHttpTransport};
use rehearsal::{Rehearsal, command, finish, id, revoked, seconds, secret_key, status};

/// Returns why a client with these settings cannot be built.
fn rejection(settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder) -> String {
    let builder = ActorTokens::builder(MockHttpTransport::new(), secret_key());
    settings(builder).build().unwrap_err().to_string()
}

/// Returns why a call with these settings fails, and asserts that it sends nothing.
fn call_rejection(
    actor_tokens: &ActorTokens,
    settings: impl Fn(Call<ActorToken>) -> Call<ActorToken>,
) -> String {
    let error = finish(settings(actor_tokens.create(command()))).unwrap_err();
    let same = finish(settings(actor_tokens.revoke(&id()))).unwrap_err();
    assert_eq!(error.to_string(), same.to_string());
    assert!(matches!(error, Error::InvalidInput(_)) && !error.is_ambiguous());
    assert_eq!(error.attempts(), 0);
    error.to_string()
}

#[test]
fn a_client_without_a_timer_rejects_limits_and_retries() {
    assert_eq!(
        rejection(|builder| builder.timeout(seconds(1))),
        "invalid setting timeout: needs a timer"
    );
    assert_eq!(
        rejection(|builder| builder.attempt_timeout(seconds(1))),
        "invalid setting attempt_timeout: needs a timer"
    );
    assert_eq!(
        rejection(|builder| builder.retries(RetryConfig::new())),
        "invalid setting retries: needs a timer to wait between attempts"
    );
}

#[test]
fn a_call_without_a_timer_rejects_limits_and_retries() {
    let actor_tokens = ActorTokens::new(MockHttpTransport::new(), secret_key());
    for (settings, field) in [
        ((|call| call.timeout(seconds(1))) as fn(Call<ActorToken>) -> Call<ActorToken>, "timeout"),
        (|call| call.attempt_timeout(seconds(1)), "attempt_timeout"),
        (|call| call.retries(RetryConfig::new()), "retries"),
    ] {
        let rejection = call_rejection(&actor_tokens, settings);
        assert!(
            rejection.starts_with(&format!("invalid {field}: ")) && rejection.contains("timer"),
            "{rejection}"
        );
    }
}

#[test]
fn a_zero_time_limit_is_rejected() {
    let zero = "must be longer than zero";
    for timer in [None, Some(ManualTimer::auto())] {
        let with_timer = |builder: ActorTokensBuilder| match timer.clone() {
            Some(timer) => builder.timer(timer),
            None => builder,
        };
        let timeout = rejection(|builder| with_timer(builder).timeout(Duration::ZERO));
        assert_eq!(timeout, format!("invalid setting timeout: {zero}"));
        let attempt_timeout =
            rejection(|builder| with_timer(builder).attempt_timeout(Duration::ZERO));
        assert_eq!(attempt_timeout, format!("invalid setting attempt_timeout: {zero}"));
    }
    let rehearsal = Rehearsal::of([]);
    assert_eq!(
        call_rejection(&rehearsal.actor_tokens, |call| call.timeout(Duration::ZERO)),
        format!("invalid timeout: {zero}")
    );
    assert_eq!(
        call_rejection(&rehearsal.actor_tokens, |call| call.attempt_timeout(Duration::ZERO)),
        format!("invalid attempt_timeout: {zero}")
    );
}

#[test]
fn reserved_and_invalid_headers_are_rejected() {
    let rehearsal = Rehearsal::of([]);
    for name in [
        "authorization",
        "Authorization",
        "content-length",
        "host",
        "HOST",
        "transfer-encoding",
        "connection",
    ] {
        let rejection = call_rejection(&rehearsal.actor_tokens, |call| call.header(name, "canary"));
        assert!(
            rejection.contains(&name.to_ascii_lowercase()) && !rejection.contains("canary"),
            "{rejection}"
        );
    }
    for (name, value) in
        [("", "canary"), ("x y", "canary"), ("x-y", "canary\r\nhost: evil"), ("x-y", "canary\0")]
    {
        let rejection = call_rejection(&rehearsal.actor_tokens, |call| call.header(name, value));
        assert!(
            rejection.starts_with("invalid header: ") && !rejection.contains("canary"),
            "{rejection}"
        );
    }
    assert_eq!(rehearsal.requests(), 0);
}

#[test]
fn the_first_invalid_setting_is_reported_even_if_set_again() {
    let rehearsal = Rehearsal::of([]);
    let rejection = call_rejection(&rehearsal.actor_tokens, |call| {
        call.timeout(Duration::ZERO).header("host", "x").timeout(seconds(5))
    });
    assert_eq!(rejection, "invalid timeout: must be longer than zero");
}

#[test]
fn a_custom_header_is_sent_with_every_attempt_of_its_call_only() {
    let rehearsal = Rehearsal::of([status(429), revoked(), revoked()]);
    let call = rehearsal
        .actor_tokens
        .revoke(&id())
        .header("x-request-id", "42")
        .header("User-Agent", "mine");
    finish(call).unwrap();
    rehearsal.revoke().unwrap();
    let requests = rehearsal.take_requests();
    for request in &requests[..2] {
        assert_eq!(
            (&request.headers()["x-request-id"], &request.headers()["user-agent"]),
            (&"42".parse().unwrap(), &"mine".parse().unwrap())
        );
    }
    assert!(!requests[2].headers().contains_key("x-request-id"));
}

#[test]
fn call_retries_override_client_retries() {
    let rehearsal =
        Rehearsal::with_settings([status(503), status(503), revoked(), status(503)], |builder| {
            builder.retries(RetryConfig::none())
        });
    let patient = rehearsal.actor_tokens.revoke(&id()).retries(RetryConfig::new().max_attempts(3));
    assert!(finish(patient).is_ok());
    assert_eq!(
        rehearsal.revoke().unwrap_err().attempts(),
        1,
        "the settings of the client are unchanged"
    );

    let rehearsal = Rehearsal::of([status(503)]);
    let impatient = rehearsal.actor_tokens.revoke(&id()).retries(RetryConfig::none());
    assert_eq!(finish(impatient).unwrap_err().attempts(), 1);
}

#[test]
fn call_time_limits_override_client_time_limits() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder.retries(RetryConfig::none()).timeout(seconds(20)).attempt_timeout(seconds(10))
    });
    let slow = |settings: fn(Call<ActorToken>) -> Call<ActorToken>| {
        rehearsal.transport.inject(Fault::delay(seconds(15)).after_effect());
        finish(settings(rehearsal.actor_tokens.revoke(&id())))
    };
    assert!(slow(|call| call).is_err());
    assert!(slow(|call| call.attempt_timeout(seconds(16))).is_ok());
    assert!(slow(|call| call.attempt_timeout(seconds(16)).timeout(seconds(3))).is_err());
    assert!(slow(|call| call).is_err(), "the settings of the client are unchanged");
    assert_eq!(rehearsal.timer.slept(), [seconds(10), seconds(15), seconds(3), seconds(10)]);
}

#[test]
fn debug_shows_the_url_and_the_limits_of_a_client() {
    let client = |timed: bool| {
        let builder = ActorTokens::builder(MockHttpTransport::new(), secret_key())
            .base_url("https://h.example.com/v2");
        let builder = if timed { builder.timer(ManualTimer::new()) } else { builder };
        assert!(
            format!("{builder:?}").starts_with("ActorTokensBuilder { plain_http: LoopbackOnly")
        );
        format!("{:?}", builder.build().unwrap())
    };
    let (timed, untimed) = (client(true), client(false));
    assert!(
        timed.contains("https://h.example.com/v2") && timed.contains("attempt_timeout: 10s"),
        "{timed}"
    );
    assert!(untimed.contains("limits: None"), "{untimed}");
}
