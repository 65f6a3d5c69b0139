//! The delays between attempts: jitter, `Retry-After`, and the time that is left.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::time::{Duration, SystemTime};

use clerk_core::{
    ActorTokens, RetryConfig, Timer, TransportError, TransportErrorKind, async_trait,
};
use clerk_transport_mock::{ManualTimer, MockHttpTransport};
use rehearsal::{
    Rehearsal, Reply, created, finish, id, revoked, seconds, secret_key, status, with_header,
};

fn rate_limited(retry_after: &str) -> Reply {
    with_header(status(429), "retry-after", retry_after)
}

#[test]
fn delays_are_random_up_to_a_growing_bound() {
    let bounds = [500, 750, 1125, 1687, 2531, 3796, 5000, 5000];
    let config = RetryConfig::new().max_attempts(9).max_elapsed_time(seconds(3600));
    let (mut low, mut high) = ([false; 8], [false; 8]);
    for _ in 0..60 {
        let failing: [Reply; 9] = std::array::from_fn(|_| status(429));
        let rehearsal = Rehearsal::with_settings(failing, |builder| {
            builder.retries(config).timeout(seconds(3600))
        });
        assert_eq!(rehearsal.create().unwrap_err().attempts(), 9);
        let delays = rehearsal.timer.slept();
        assert_eq!(delays.len(), 8);
        for (at, (delay, bound)) in delays.into_iter().zip(bounds).enumerate() {
            assert!(delay <= Duration::from_millis(bound + 1), "delay {at} is {delay:?}");
            low[at] |= delay < Duration::from_millis(bound / 2);
            high[at] |= delay > Duration::from_millis(bound / 2);
        }
    }
    assert_eq!((low, high), ([true; 8], [true; 8]), "delays come from the whole range");
}

#[test]
fn retry_after_sets_the_delay() {
    for fails in [
        || rate_limited("7"),
        || rate_limited("Wed, 01 Jan 2025 00:00:07 GMT"),
        || with_header(rate_limited("3"), "retry-after", "7"),
        || with_header(status(503), "retry-after", "7"),
        || with_header(status(408), "retry-after", "7"),
    ] {
        let rehearsal = Rehearsal::of([fails(), revoked()]);
        assert!(rehearsal.revoke().is_ok());
        assert_eq!(rehearsal.timer.slept(), [seconds(7)]);
        assert_eq!(rehearsal.times(), [seconds(0), seconds(7)]);
    }
}

#[test]
fn retry_after_counts_in_an_incomplete_response_too() {
    let (head, _) = rate_limited("7").unwrap().into_parts();
    let incomplete =
        Err(TransportError::new(TransportErrorKind::Incomplete, "closed").with_head(head));
    let rehearsal = Rehearsal::of([incomplete, created()]);
    assert!(rehearsal.create().is_ok());
    assert_eq!(rehearsal.timer.slept(), [seconds(7)]);
}

#[test]
fn a_retry_after_date_is_relative_to_the_wall_clock() {
    let date = "Wed, 01 Jan 2025 00:00:09 GMT";
    let rehearsal = Rehearsal::of([rate_limited("4"), rate_limited(date), created()]);
    rehearsal.create().unwrap();
    assert_eq!(rehearsal.timer.slept(), [seconds(4), seconds(5)], "four seconds had passed");

    let rehearsal = Rehearsal::of([rate_limited("Sun, 06 Nov 1994 08:49:47 GMT"), created()]);
    rehearsal.timer.set_wall_clock(SystemTime::UNIX_EPOCH + seconds(784_111_777));
    rehearsal.create().unwrap();
    assert_eq!(rehearsal.timer.slept(), [seconds(10)]);
}

#[test]
fn past_and_invalid_retry_after_values_are_ignored() {
    for retry_after in ["0", "Sun, 06 Nov 1994 08:49:47 GMT", "inf", "-1", "NaN", "soon", "1.5", ""]
    {
        let rehearsal = Rehearsal::of([rate_limited(retry_after), created()]);
        assert!(rehearsal.create().is_ok(), "{retry_after}");
        assert!(rehearsal.timer.slept()[0] <= Duration::from_millis(500), "{retry_after}");
    }
}

#[test]
fn a_retry_after_beyond_the_time_left_fails_at_once() {
    let far = "9".repeat(30);
    for (retry_after, parsed) in [
        ("31", Some(seconds(31))),
        (&*far, Some(Duration::MAX)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ] {
        let rehearsal = Rehearsal::of([rate_limited(retry_after)]);
        let error = rehearsal.create().unwrap_err();
        assert!(error.is_rate_limited() && !error.is_ambiguous());
        assert_eq!((error.attempts(), rehearsal.timer.slept()), (1, vec![]), "{retry_after}");
        assert!(error.retry_after().unwrap() > seconds(30));
        assert!(parsed.is_none_or(|parsed| error.retry_after() == Some(parsed)), "{error:?}");
    }
}

#[test]
fn an_attempt_needs_time_left_after_the_delay() {
    for (delay, attempts) in [("4", 2), ("5", 1), ("6", 1)] {
        let rehearsal = Rehearsal::with_settings([rate_limited(delay), status(402)], |builder| {
            builder.timeout(seconds(5))
        });
        assert_eq!(rehearsal.create().unwrap_err().attempts(), attempts, "{delay}");
    }
}

#[test]
fn no_attempt_starts_after_the_max_elapsed_time() {
    let config = RetryConfig::new().max_attempts(100).max_elapsed_time(seconds(10));
    for (delay, starts) in [("4", vec![0, 4, 8]), ("5", vec![0, 5, 10]), ("11", vec![0])] {
        let script: [Reply; 4] = std::array::from_fn(|_| rate_limited(delay));
        let rehearsal = Rehearsal::with_settings(script, |builder| builder.retries(config));
        let error = rehearsal.create().unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(rehearsal.times(), starts.into_iter().map(seconds).collect::<Vec<_>>());
    }
}

/// A timer that wakes up late, as a busy machine does.
struct Sluggish(ManualTimer);

#[async_trait]
impl Timer for Sluggish {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall_clock(&self) -> SystemTime {
        self.0.wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration * 2).await;
    }
}

#[test]
fn waking_up_too_late_ends_the_retries() {
    for (elapsed, timeout, attempts) in [(8, 30, 2), (7, 30, 1), (30, 8, 1), (30, 9, 2)] {
        let mut transport = MockHttpTransport::new();
        transport.expect_send().times(attempts).returning(|_| rate_limited("4"));
        let actor_tokens = ActorTokens::builder(transport, secret_key())
            .timer(Sluggish(ManualTimer::auto()))
            .retries(RetryConfig::new().max_attempts(2).max_elapsed_time(seconds(elapsed)))
            .timeout(seconds(timeout))
            .build()
            .unwrap();
        let error = finish(actor_tokens.revoke(&id())).unwrap_err();
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!(usize::try_from(error.attempts()).unwrap(), attempts);
    }
}
