//! The retry rules, end to end: what is retried, how often, and what is ambiguous.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use clerk_core::{Error, RetryConfig, TransportError, TransportErrorKind as Kind, http::Response};
use clerk_transport_mock::reply;
use rehearsal::{Rehearsal, Reply, created, revoked, status};

/// The outcome of a call whose attempts all fail in the same way: how many there were, and whether
/// the error is ambiguous.
type Outcome = (u32, bool);

const RETRY: Outcome = (3, false);
const RETRY_AMBIGUOUS: Outcome = (3, true);
const FAIL: Outcome = (1, false);
const FAIL_AMBIGUOUS: Outcome = (1, true);

fn outcome(rehearsal: &Rehearsal, error: &Error) -> Outcome {
    assert_eq!(
        rehearsal.requests(),
        usize::try_from(error.attempts()).unwrap(),
        "every attempt sends one request"
    );
    assert_eq!(
        rehearsal.timer.slept().len(),
        rehearsal.requests() - 1,
        "one delay between any two attempts"
    );
    (error.attempts(), error.is_ambiguous())
}

/// Asserts one row of the retry rules, with the default settings.
fn row(what: &str, fails: impl Fn() -> Reply, create: Outcome, revoke: Outcome) {
    row_with(RetryConfig::new(), what, fails, create, revoke);
}

fn row_with(
    retries: RetryConfig,
    what: &str,
    fails: impl Fn() -> Reply,
    create: Outcome,
    revoke: Outcome,
) {
    let failing = || {
        Rehearsal::with_settings([fails(), fails(), fails()], |builder| builder.retries(retries))
    };
    let rehearsal = failing();
    let error = rehearsal.create().unwrap_err();
    assert_eq!(outcome(&rehearsal, &error), create, "create, {what}: {error}");
    let rehearsal = failing();
    let error = rehearsal.revoke().unwrap_err();
    assert_eq!(outcome(&rehearsal, &error), revoke, "revoke, {what}: {error}");
}

/// Fails after the head of a response with this status has arrived.
fn failure_after(status: u16, kind: Kind) -> Reply {
    let (head, ()) = Response::builder().status(status).body(()).unwrap().into_parts();
    Err(TransportError::new(kind, "closed").with_head(head))
}

#[test]
fn unsent_requests_are_retried() {
    for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
        row(&format!("{kind:?}"), || reply::failure_unsent(kind), RETRY, RETRY);
    }
}

#[test]
fn tls_and_configuration_errors_fail_at_once() {
    for kind in [Kind::Tls, Kind::Config] {
        row(&format!("{kind:?}"), || reply::failure_unsent(kind), FAIL, FAIL);
        row(
            &format!("{kind:?}, may have been sent"),
            || reply::failure(kind),
            FAIL_AMBIGUOUS,
            FAIL_AMBIGUOUS,
        );
    }
}

#[test]
fn too_many_requests_is_retried() {
    row("429", || status(429), RETRY, RETRY);
    row("429, not from Clerk", || reply::raw(429, "text/html", "<html>"), RETRY, RETRY);
}

#[test]
fn ambiguous_revokes_are_retried_and_creates_are_not() {
    for code in [408, 500, 501, 502, 503, 504, 522, 599] {
        row(&code.to_string(), || status(code), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
        row(
            &format!("{code}, not from Clerk"),
            || reply::raw(code, "text/html", "<html>"),
            FAIL_AMBIGUOUS,
            RETRY_AMBIGUOUS,
        );
    }
    for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
        row(&format!("{kind:?}"), || reply::failure(kind), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
    }
}

#[test]
fn the_status_of_an_incomplete_response_decides() {
    row("incomplete 200", || failure_after(200, Kind::Incomplete), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
    row("incomplete 503", || failure_after(503, Kind::Incomplete), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
    row("incomplete 429", || failure_after(429, Kind::Incomplete), RETRY, RETRY);
    row("incomplete 422", || failure_after(422, Kind::Incomplete), FAIL, FAIL);
    row(
        "incomplete after 103",
        || failure_after(103, Kind::Incomplete),
        FAIL_AMBIGUOUS,
        RETRY_AMBIGUOUS,
    );
    row("too large 200", || failure_after(200, Kind::TooLarge), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row("too large 404", || failure_after(404, Kind::TooLarge), FAIL, FAIL);
}

#[test]
fn unexpected_successes_are_never_retried() {
    for body in ["", "{}", "<html>", "{\"object\":\"actor_token\",\"id\":\"act_1\""] {
        row(body, || reply::raw(200, "application/json", body), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    }
    row("204", || reply::raw(204, "application/json", ""), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row("too large", || reply::failure(Kind::TooLarge), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
}

#[test]
fn a_revoke_response_with_another_id_or_status_is_ambiguous() {
    for reply in
        [|| reply::actor_token("act_2", "revoked"), || reply::actor_token("act_1", "pending")]
    {
        let rehearsal = Rehearsal::of([reply()]);
        let error = rehearsal.revoke().unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)) && error.actor_token_id().is_some());
        assert_eq!(outcome(&rehearsal, &error), FAIL_AMBIGUOUS);
    }
}

#[test]
fn every_other_status_fails_at_once_and_is_not_ambiguous() {
    for code in [300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 409, 422, 425, 451] {
        row(&code.to_string(), || status(code), FAIL, FAIL);
        row(
            &format!("{code}, not from Clerk"),
            || reply::raw(code, "text/html", "<html>"),
            FAIL,
            FAIL,
        );
    }
}

#[test]
fn a_303_and_an_unsolicited_1xx_may_follow_an_effect() {
    for code in [101, 103, 303] {
        row(&code.to_string(), || status(code), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        row(
            &format!("{code}, not from Clerk"),
            || reply::raw(code, "text/html", "<html>"),
            FAIL_AMBIGUOUS,
            FAIL_AMBIGUOUS,
        );
    }
}

#[test]
fn a_call_can_succeed_at_any_attempt() {
    let rehearsal = Rehearsal::of([status(429), reply::failure_unsent(Kind::Connect), created()]);
    assert!(rehearsal.create().is_ok());
    assert_eq!(rehearsal.requests(), 3);

    let rehearsal = Rehearsal::of([status(503), reply::failure(Kind::Io), revoked()]);
    assert!(rehearsal.revoke().is_ok());
    assert_eq!(rehearsal.requests(), 3);
}

#[test]
fn a_create_is_retried_until_it_is_ambiguous() {
    let rehearsal = Rehearsal::of([status(429), status(503)]);
    let error = rehearsal.create().unwrap_err();
    assert_eq!((error.attempts(), error.is_ambiguous()), (2, true));
    assert_eq!(error.status().unwrap(), 503);
}

#[test]
fn ambiguity_is_sticky() {
    let not_pending = || reply::clerk_errors(400, "actor_token_cannot_be_revoked_code");
    for ambiguous in [|| reply::failure(Kind::Incomplete), || status(503)] {
        let rehearsal = Rehearsal::of([ambiguous(), not_pending()]);
        let error = rehearsal.revoke().unwrap_err();
        assert!(error.is_not_pending() && !error.is_invalid_request());
        assert_eq!(
            (error.attempts(), error.is_ambiguous()),
            (2, true),
            "the first attempt may have taken effect"
        );
        assert!(error.to_string().contains("may have taken effect"), "{error}");
    }
    for unambiguous in [|| status(429), || reply::failure_unsent(Kind::Connect)] {
        let rehearsal = Rehearsal::of([unambiguous(), not_pending()]);
        let error = rehearsal.revoke().unwrap_err();
        assert_eq!(
            (error.attempts(), error.is_ambiguous()),
            (2, false),
            "the first attempt had no effect"
        );
    }
}

#[test]
fn ambiguity_does_not_outlive_its_call() {
    let rehearsal = Rehearsal::with_settings([status(503), status(404)], |builder| {
        builder.retries(RetryConfig::none())
    });
    assert!(rehearsal.revoke().unwrap_err().is_ambiguous());
    assert!(!rehearsal.revoke().unwrap_err().is_ambiguous());
}

#[test]
fn the_error_is_that_of_the_last_attempt() {
    let rehearsal = Rehearsal::of([
        status(503),
        reply::failure(Kind::Io),
        reply::clerk_errors(404, "resource_not_found"),
    ]);
    let error = rehearsal.revoke().unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        (error.attempts(), error.is_ambiguous(), error.trace_id()),
        (3, true, Some("trace_1"))
    );
}

#[test]
fn retry_config_none_allows_one_attempt() {
    let none = RetryConfig::none();
    row_with(none, "429", || status(429), FAIL, FAIL);
    row_with(none, "503", || status(503), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row_with(none, "refused", || reply::failure_unsent(Kind::Connect), FAIL, FAIL);
}

#[test]
fn max_attempts_limits_the_attempts() {
    for (allowed, made) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
        let config = RetryConfig::new().max_attempts(allowed);
        row_with(config, "429", || status(429), (made, false), (made, false));
    }
}

#[test]
fn retrying_connection_errors_can_be_turned_off() {
    let config = RetryConfig::new().retry_connection_errors(false);
    row_with(config, "refused", || reply::failure_unsent(Kind::Connect), FAIL, FAIL);
    row_with(config, "reset", || reply::failure(Kind::Io), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row_with(config, "429", || status(429), RETRY, RETRY);
    row_with(config, "503", || status(503), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
}

#[test]
fn opting_in_retries_ambiguous_creates() {
    let config = RetryConfig::new().retry_ambiguous_creates(true);
    row_with(config, "503", || status(503), RETRY_AMBIGUOUS, RETRY_AMBIGUOUS);
    row_with(
        config,
        "incomplete",
        || reply::failure(Kind::Incomplete),
        RETRY_AMBIGUOUS,
        RETRY_AMBIGUOUS,
    );
    row_with(
        config,
        "{}",
        || reply::raw(200, "application/json", "{}"),
        FAIL_AMBIGUOUS,
        FAIL_AMBIGUOUS,
    );

    let rehearsal =
        Rehearsal::with_settings([status(503), status(402)], |builder| builder.retries(config));
    let error = rehearsal.create().unwrap_err();
    assert!(
        error.is_payment_required() && error.is_ambiguous(),
        "the first attempt may have created a token"
    );
}

#[test]
fn the_cause_of_the_transport_error_is_the_source() {
    use std::error::Error as _;
    let rehearsal = Rehearsal::of([failure_after(200, Kind::Incomplete)]);
    let error = rehearsal.create().unwrap_err();
    let Error::Transport(failure) = &error else { panic!("{error:?}") };
    assert_eq!(failure.transport_error().kind(), Kind::Incomplete);
    assert_eq!(error.status().unwrap(), 200);
    let cause = failure.transport_error().source().unwrap();
    assert_eq!(error.source().unwrap().to_string(), cause.to_string());
    assert_ne!(error.source().unwrap().to_string(), failure.transport_error().to_string());
}
