//! The pauses between attempts: chance within bounds, what the server asks for, and no longer than
//! there is time.

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

const LATER: fn(&str) -> Reply = |when| with_header(status(429), "retry-after", when);

#[test]
fn pauses_are_drawn_at_random_up_to_a_bound_that_grows() {
    let bounds = [500, 750, 1125, 1687, 2531, 3796, 5000, 5000];
    let config = RetryConfig::new().max_attempts(9).max_elapsed_time(seconds(3600));
    let (mut low, mut high) = ([false; 8], [false; 8]);
    for _ in 0..60 {
        let failing: [Reply; 9] = std::array::from_fn(|_| status(429));
        let rehearsal =
            Rehearsal::set_up(failing, |builder| builder.retries(config).timeout(seconds(3600)));
        assert_eq!(rehearsal.create().unwrap_err().attempts(), 9);
        let pauses = rehearsal.timer.slept();
        assert_eq!(pauses.len(), 8);
        for (at, (pause, bound)) in pauses.into_iter().zip(bounds).enumerate() {
            assert!(pause <= Duration::from_millis(bound + 1), "pause {at} is {pause:?}");
            low[at] |= pause < Duration::from_millis(bound / 2);
            high[at] |= pause > Duration::from_millis(bound / 2);
        }
    }
    assert_eq!((low, high), ([true; 8], [true; 8]), "the whole of the range is drawn from");
}

#[test]
fn the_server_is_waited_for_as_long_as_it_asks() {
    for fails in [
        || LATER("7"),
        || LATER("Wed, 01 Jan 2025 00:00:07 GMT"),
        || with_header(LATER("3"), "retry-after", "7"),
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
fn what_a_cut_answer_asks_for_is_heard_too() {
    let (head, _) = LATER("7").unwrap().into_parts();
    let cut = Err(TransportError::new(TransportErrorKind::Incomplete, "cut").with_head(head));
    let rehearsal = Rehearsal::of([cut, created()]);
    assert!(rehearsal.create().is_ok());
    assert_eq!(rehearsal.timer.slept(), [seconds(7)]);
}

#[test]
fn a_date_is_counted_from_the_calendar_of_the_moment() {
    let date = "Wed, 01 Jan 2025 00:00:09 GMT";
    let rehearsal = Rehearsal::of([LATER("4"), LATER(date), created()]);
    rehearsal.create().unwrap();
    assert_eq!(rehearsal.timer.slept(), [seconds(4), seconds(5)], "four seconds had passed");

    let rehearsal = Rehearsal::of([LATER("Sun, 06 Nov 1994 08:49:47 GMT"), created()]);
    rehearsal.timer.set_wall_clock(SystemTime::UNIX_EPOCH + seconds(784_111_777));
    rehearsal.create().unwrap();
    assert_eq!(rehearsal.timer.slept(), [seconds(10)]);
}

#[test]
fn what_is_past_or_no_time_at_all_leaves_the_pause_to_chance() {
    for when in ["0", "Sun, 06 Nov 1994 08:49:47 GMT", "inf", "-1", "NaN", "soon", "1.5", ""] {
        let rehearsal = Rehearsal::of([LATER(when), created()]);
        assert!(rehearsal.create().is_ok(), "{when}");
        assert!(rehearsal.timer.slept()[0] <= Duration::from_millis(500), "{when}");
    }
}

#[test]
fn what_does_not_fit_the_time_left_is_reported_at_once() {
    let far = "9".repeat(30);
    for (when, asked_for) in [
        ("31", Some(seconds(31))),
        (&*far, Some(Duration::MAX)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ] {
        let rehearsal = Rehearsal::of([LATER(when)]);
        let error = rehearsal.create().unwrap_err();
        assert!(error.is_rate_limited() && !error.is_ambiguous());
        assert_eq!((error.attempts(), rehearsal.timer.slept()), (1, vec![]), "{when}");
        assert!(error.retry_after().unwrap() > seconds(30));
        assert!(
            asked_for.is_none_or(|asked_for| error.retry_after() == Some(asked_for)),
            "{error:?}"
        );
    }
}

#[test]
fn an_attempt_must_have_time_left_after_the_pause() {
    for (pause, attempts) in [("4", 2), ("5", 1), ("6", 1)] {
        let rehearsal =
            Rehearsal::set_up([LATER(pause), status(402)], |builder| builder.timeout(seconds(5)));
        assert_eq!(rehearsal.create().unwrap_err().attempts(), attempts, "{pause}");
    }
}

#[test]
fn no_attempt_starts_after_the_longest_elapsed_time() {
    let config = RetryConfig::new().max_attempts(100).max_elapsed_time(seconds(10));
    for (pause, starts) in [("4", vec![0, 4, 8]), ("5", vec![0, 5, 10]), ("11", vec![0])] {
        let script: [Reply; 4] = std::array::from_fn(|_| LATER(pause));
        let rehearsal = Rehearsal::set_up(script, |builder| builder.retries(config));
        let error = rehearsal.create().unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(rehearsal.times(), starts.into_iter().map(seconds).collect::<Vec<_>>());
    }
}

/// Wakes up late, as a busy machine does.
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
fn who_wakes_up_too_late_makes_no_further_attempt() {
    for (elapsed, timeout, attempts) in [(8, 30, 2), (7, 30, 1), (30, 8, 1), (30, 9, 2)] {
        let mut transport = MockHttpTransport::new();
        transport.expect_send().times(attempts).returning(|_| LATER("4"));
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
