//! The retry law, end to end: what is sent again, how often, and what is said of what may have
//! taken effect.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use clerk_core::{Error, RetryConfig, TransportError, TransportErrorKind as Kind, http::Response};
use clerk_transport_mock::reply;
use rehearsal::{Rehearsal, Reply, created, revoked, status};

/// What becomes of a call all of whose attempts fail in the same way: how many there are, and
/// whether it is ambiguous.
type Fate = (u32, bool);

const AGAIN: Fate = (3, false);
const AGAIN_AMBIGUOUS: Fate = (3, true);
const FAIL: Fate = (1, false);
const FAIL_AMBIGUOUS: Fate = (1, true);

fn fate(rehearsal: &Rehearsal, error: &Error) -> Fate {
    assert_eq!(
        rehearsal.requests(),
        usize::try_from(error.attempts()).unwrap(),
        "it counts what was sent"
    );
    assert_eq!(rehearsal.timer.slept().len(), rehearsal.requests() - 1, "a pause between any two");
    (error.attempts(), error.is_ambiguous())
}

/// Asserts one row of the law, with the defaults.
fn row(what: &str, fails: impl Fn() -> Reply, create: Fate, revoke: Fate) {
    row_with(RetryConfig::new(), what, fails, create, revoke);
}

fn row_with(
    retries: RetryConfig,
    what: &str,
    fails: impl Fn() -> Reply,
    create: Fate,
    revoke: Fate,
) {
    let failing =
        || Rehearsal::set_up([fails(), fails(), fails()], |builder| builder.retries(retries));
    let rehearsal = failing();
    let error = rehearsal.create().unwrap_err();
    assert_eq!(fate(&rehearsal, &error), create, "create, {what}: {error}");
    let rehearsal = failing();
    let error = rehearsal.revoke().unwrap_err();
    assert_eq!(fate(&rehearsal, &error), revoke, "revoke, {what}: {error}");
}

/// A failure that knows the status of the answer.
fn cut_after(status: u16, kind: Kind) -> Reply {
    let (head, ()) = Response::builder().status(status).body(()).unwrap().into_parts();
    Err(TransportError::new(kind, "cut").with_head(head))
}

#[test]
fn what_was_certainly_not_sent_is_sent_again() {
    for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
        row(&format!("{kind:?}"), || reply::failure_unsent(kind), AGAIN, AGAIN);
    }
}

#[test]
fn a_certificate_or_a_configuration_fails_at_once() {
    for kind in [Kind::Tls, Kind::Config] {
        row(&format!("{kind:?}"), || reply::failure_unsent(kind), FAIL, FAIL);
        row(
            &format!("{kind:?}, in doubt"),
            || reply::failure(kind),
            FAIL_AMBIGUOUS,
            FAIL_AMBIGUOUS,
        );
    }
}

#[test]
fn too_many_requests_is_sent_again() {
    row("429", || status(429), AGAIN, AGAIN);
    row("429, not in Clerk's words", || reply::raw(429, "text/html", "<html>"), AGAIN, AGAIN);
}

#[test]
fn a_create_that_may_have_taken_effect_is_never_sent_again_and_a_revoke_is() {
    for code in [408, 500, 501, 502, 503, 504, 522, 599] {
        row(&code.to_string(), || status(code), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
        row(
            &format!("{code}, not in Clerk's words"),
            || reply::raw(code, "text/html", "<html>"),
            FAIL_AMBIGUOUS,
            AGAIN_AMBIGUOUS,
        );
    }
    for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
        row(&format!("{kind:?}"), || reply::failure(kind), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
    }
}

#[test]
fn an_answer_that_is_cut_after_its_status_is_judged_by_its_status() {
    row("cut 200", || cut_after(200, Kind::Incomplete), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
    row("cut 503", || cut_after(503, Kind::Incomplete), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
    row("cut 429", || cut_after(429, Kind::Incomplete), AGAIN, AGAIN);
    row("cut 422", || cut_after(422, Kind::Incomplete), FAIL, FAIL);
    row("103, and then cut", || cut_after(103, Kind::Incomplete), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
    row("too large 200", || cut_after(200, Kind::TooLarge), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row("too large 404", || cut_after(404, Kind::TooLarge), FAIL, FAIL);
}

#[test]
fn a_success_that_does_not_fit_is_never_sent_again() {
    for body in ["", "{}", "<html>", "{\"object\":\"actor_token\",\"id\":\"act_1\""] {
        row(body, || reply::raw(200, "application/json", body), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    }
    row("204", || reply::raw(204, "application/json", ""), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row("too large", || reply::failure(Kind::TooLarge), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
}

#[test]
fn a_revoke_that_is_answered_for_another_token_or_another_status_fails_and_is_ambiguous() {
    for answer in
        [|| reply::actor_token("act_2", "revoked"), || reply::actor_token("act_1", "pending")]
    {
        let rehearsal = Rehearsal::of([answer()]);
        let error = rehearsal.revoke().unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)) && error.actor_token_id().is_some());
        assert_eq!(fate(&rehearsal, &error), FAIL_AMBIGUOUS);
    }
}

#[test]
fn every_other_refusal_fails_at_once_and_is_clear() {
    for code in [101, 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 409, 422, 425, 451] {
        row(&code.to_string(), || status(code), FAIL, FAIL);
        row(
            &format!("{code}, not in Clerk's words"),
            || reply::raw(code, "text/html", "<html>"),
            FAIL,
            FAIL,
        );
    }
}

#[test]
fn a_call_recovers_at_any_of_its_attempts() {
    let rehearsal = Rehearsal::of([status(429), reply::failure_unsent(Kind::Connect), created()]);
    assert!(rehearsal.create().is_ok());
    assert_eq!(rehearsal.requests(), 3);

    let rehearsal = Rehearsal::of([status(503), reply::failure(Kind::Io), revoked()]);
    assert!(rehearsal.revoke().is_ok());
    assert_eq!(rehearsal.requests(), 3);
}

#[test]
fn a_create_is_sent_again_until_its_fate_is_uncertain() {
    let rehearsal = Rehearsal::of([status(429), status(503)]);
    let error = rehearsal.create().unwrap_err();
    assert_eq!((error.attempts(), error.is_ambiguous()), (2, true));
    assert_eq!(error.status().unwrap(), 503);
}

#[test]
fn ambiguity_is_sticky() {
    let cannot = || reply::clerk_errors(400, "actor_token_cannot_be_revoked_code");
    for doubtful in [|| reply::failure(Kind::Incomplete), || status(503)] {
        let rehearsal = Rehearsal::of([doubtful(), cannot()]);
        let error = rehearsal.revoke().unwrap_err();
        assert!(error.is_not_pending() && !error.is_invalid_request());
        assert_eq!(
            (error.attempts(), error.is_ambiguous()),
            (2, true),
            "the first may have worked"
        );
        assert!(error.to_string().contains("may have taken effect"), "{error}");
    }
    for clear in [|| status(429), || reply::failure_unsent(Kind::Connect)] {
        let rehearsal = Rehearsal::of([clear(), cannot()]);
        let error = rehearsal.revoke().unwrap_err();
        assert_eq!((error.attempts(), error.is_ambiguous()), (2, false), "somebody else did it");
    }
}

#[test]
fn ambiguity_does_not_outlive_its_call() {
    let rehearsal = Rehearsal::set_up([status(503), status(404)], |builder| {
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
fn one_attempt_is_all_that_none_allows() {
    let none = RetryConfig::none();
    row_with(none, "429", || status(429), FAIL, FAIL);
    row_with(none, "503", || status(503), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row_with(none, "refused", || reply::failure_unsent(Kind::Connect), FAIL, FAIL);
}

#[test]
fn there_are_as_many_attempts_as_allowed() {
    for (allowed, made) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
        let config = RetryConfig::new().max_attempts(allowed);
        row_with(config, "429", || status(429), (made, false), (made, false));
    }
}

#[test]
fn connection_errors_can_be_left_alone() {
    let config = RetryConfig::new().retry_connection_errors(false);
    row_with(config, "refused", || reply::failure_unsent(Kind::Connect), FAIL, FAIL);
    row_with(config, "reset", || reply::failure(Kind::Io), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    row_with(config, "429", || status(429), AGAIN, AGAIN);
    row_with(config, "503", || status(503), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
}

#[test]
fn who_accepts_duplicates_has_ambiguous_creates_sent_again() {
    let config = RetryConfig::new().retry_ambiguous_creates(true);
    row_with(config, "503", || status(503), AGAIN_AMBIGUOUS, AGAIN_AMBIGUOUS);
    row_with(config, "cut", || reply::failure(Kind::Incomplete), AGAIN_AMBIGUOUS, AGAIN_AMBIGUOUS);
    row_with(
        config,
        "{}",
        || reply::raw(200, "application/json", "{}"),
        FAIL_AMBIGUOUS,
        FAIL_AMBIGUOUS,
    );

    let rehearsal =
        Rehearsal::set_up([status(503), status(402)], |builder| builder.retries(config));
    let error = rehearsal.create().unwrap_err();
    assert!(error.is_payment_required() && error.is_ambiguous(), "the first may have made a token");
}

#[test]
fn the_failure_of_the_transport_is_the_cause() {
    use std::error::Error as _;
    let rehearsal = Rehearsal::of([cut_after(200, Kind::Incomplete)]);
    let error = rehearsal.create().unwrap_err();
    let Error::Transport(failure) = &error else { panic!("{error:?}") };
    assert_eq!(failure.transport_error().kind(), Kind::Incomplete);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.source().unwrap().to_string(), failure.transport_error().to_string());
}
