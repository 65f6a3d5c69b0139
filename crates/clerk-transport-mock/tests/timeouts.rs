//! Time limits of calls and attempts, and what a timeout reports about the request.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use clerk_core::{
    ActorTokens, Error, HttpRequest, HttpResponse, HttpTransport, RetryConfig, SendProgress, Sent,
    Timer, TransportError, TransportErrorKind, async_trait,
};
use clerk_transport_mock::{
    Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled,
};
use rehearsal::{Rehearsal, command, finish, id, seconds, secret_key};

/// Returns what a timeout reports about the request of the last attempt.
fn sent(error: &Error) -> Sent {
    let Error::Timeout(timeout) = error else { panic!("{error:?}") };
    timeout.sent()
}

/// Returns retries without delays, so that only the limits take time.
fn immediate_retries() -> RetryConfig {
    RetryConfig::new().initial_interval(Duration::ZERO)
}

#[test]
fn a_response_within_the_limits_is_awaited() {
    let rehearsal = Rehearsal::of_clerk(|builder| builder);
    for delay in [Fault::delay(seconds(9)), Fault::delay(seconds(9)).after_effect()] {
        rehearsal.transport.inject(delay.clone());
        assert!(rehearsal.create().is_ok(), "{delay:?}");
    }
    assert_eq!((rehearsal.requests(), rehearsal.timer.slept()), (2, vec![seconds(9), seconds(9)]));
}

#[test]
fn a_revoke_is_sent_again_after_an_attempt_times_out() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder.attempt_timeout(seconds(2)).retries(immediate_retries())
    });
    rehearsal.transport.inject(Fault::silence().after_effect());
    rehearsal.transport.inject(Fault::delay(seconds(3)).after_effect());
    assert!(rehearsal.revoke().is_ok());
    assert_eq!(rehearsal.times(), [seconds(0), seconds(2), seconds(4)]);
}

#[test]
fn the_default_limits_are_ten_seconds_and_thirty() {
    let rehearsal =
        Rehearsal::of_clerk(|builder| builder.retries(immediate_retries().max_attempts(9)));
    for _ in 0..9 {
        rehearsal.transport.inject(Fault::silence().after_effect());
    }
    let error = rehearsal.revoke().unwrap_err();
    assert_eq!((error.attempts(), rehearsal.elapsed()), (3, seconds(30)));
    assert_eq!(rehearsal.times(), [seconds(0), seconds(10), seconds(20)]);
}

#[test]
fn a_create_that_times_out_after_writing_is_ambiguous_and_not_retried() {
    for fault in [Fault::silence().after_effect(), Fault::delay(seconds(11)).after_effect()] {
        let rehearsal = Rehearsal::of_clerk(|builder| builder);
        rehearsal.transport.inject(fault.clone());
        let error = rehearsal.create().unwrap_err();
        assert_eq!(
            (error.attempts(), error.is_ambiguous(), sent(&error)),
            (1, true, Sent::Maybe),
            "{fault:?}"
        );
        assert_eq!((rehearsal.transport.sent(), rehearsal.timer.slept()), (1, vec![seconds(10)]));
        let shown = error.to_string();
        assert!(
            shown.contains("10s attempt timeout") && shown.contains("may have taken effect"),
            "{shown}"
        );
    }
}

#[test]
fn a_create_that_times_out_before_writing_is_unambiguous_and_retried() {
    let rehearsal = Rehearsal::of_clerk(|builder| builder);
    rehearsal.transport.inject(Fault::delay(seconds(11)));
    assert!(rehearsal.create().is_ok());
    assert_eq!((rehearsal.transport.fired(), rehearsal.transport.sent()), (1, 1));

    for _ in 0..3 {
        rehearsal.transport.inject(Fault::delay(Duration::MAX));
    }
    let error = rehearsal.create().unwrap_err();
    assert_eq!((error.is_ambiguous(), sent(&error)), (false, Sent::No));
    assert_eq!(rehearsal.transport.sent(), 1, "none of the delayed requests was sent");
}

#[test]
fn a_written_request_may_have_been_sent_despite_an_earlier_connect_delay() {
    let timer = ManualTimer::auto();
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().times(1).returning(|request| reply::clerk(&request));
    let inner = FaultyTransport::new(clerk, timer.clone());
    let outer = FaultyTransport::new(inner.clone(), timer.clone());
    let actor_tokens =
        ActorTokens::builder(outer.clone(), secret_key()).timer(timer).build().unwrap();
    outer.inject(Fault::delay(seconds(1)));
    inner.inject(Fault::silence().after_effect());
    let error = finish(actor_tokens.create(command())).unwrap_err();
    assert_eq!((error.attempts(), error.is_ambiguous(), sent(&error)), (1, true, Sent::Maybe));
}

/// A transport that never responds, and marks only the first request as not written.
#[derive(Default)]
struct Mute(AtomicUsize);

#[async_trait]
impl HttpTransport for Mute {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
            SendProgress::of(&request).mark_not_written();
        }
        pending().await
    }
}

#[test]
fn progress_of_one_attempt_does_not_carry_over_to_the_next() {
    let actor_tokens = ActorTokens::builder(Mute::default(), secret_key())
        .timer(ManualTimer::auto())
        .build()
        .unwrap();
    let error = finish(actor_tokens.create(command())).unwrap_err();
    assert_eq!((error.attempts(), error.is_ambiguous(), sent(&error)), (2, true, Sent::Maybe));
}

#[test]
fn without_a_timer_there_is_no_time_limit() {
    let actor_tokens = ActorTokens::new(Mute::default(), secret_key());
    assert!(run_until_stalled(actor_tokens.create(command())).is_none());
}

#[test]
fn the_call_timeout_bounds_an_attempt() {
    let rehearsal = Rehearsal::of_clerk(|builder| builder.timeout(seconds(3)));
    rehearsal.transport.inject(Fault::silence().after_effect());
    let error = rehearsal.revoke().unwrap_err();
    assert_eq!((error.attempts(), rehearsal.timer.slept()), (1, vec![seconds(3)]));
    assert!(error.to_string().contains("3s call timeout"), "{error}");
}

#[test]
fn the_call_timeout_bounds_all_attempts_and_delays_together() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder
            .timeout(seconds(10))
            .attempt_timeout(seconds(4))
            .retries(immediate_retries().max_attempts(9))
    });
    for _ in 0..9 {
        rehearsal.transport.inject(Fault::silence().after_effect());
    }
    let error = rehearsal.revoke().unwrap_err();
    assert_eq!(rehearsal.elapsed(), seconds(10));
    assert_eq!(rehearsal.times(), [seconds(0), seconds(4), seconds(8)]);
    assert_eq!((error.attempts(), error.is_ambiguous()), (3, true));
    assert!(error.to_string().contains("10s call timeout"), "{error}");
}

#[test]
fn jitter_cannot_prolong_a_call() {
    for _ in 0..40 {
        let rehearsal = Rehearsal::of_clerk(|builder| {
            builder
                .timeout(seconds(5))
                .attempt_timeout(seconds(1))
                .retries(RetryConfig::new().max_attempts(50))
        });
        for _ in 0..50 {
            rehearsal.transport.inject(Fault::silence().after_effect());
        }
        assert!(rehearsal.revoke().is_err());
        assert!(rehearsal.elapsed() <= seconds(5));
    }
}

#[test]
fn a_limit_that_no_clock_can_express_is_ignored() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder.timeout(Duration::MAX).attempt_timeout(Duration::MAX).retries(RetryConfig::none())
    });
    rehearsal.transport.inject(Fault::delay(seconds(1_000_000)).after_effect());
    assert!(rehearsal.create().is_ok());
    rehearsal.transport.inject(Fault::silence().after_effect());
    assert!(run_until_stalled(rehearsal.actor_tokens.revoke(&id())).is_none());
}

#[test]
fn the_timeout_of_a_transport_is_a_timeout_too() {
    let rehearsal = Rehearsal::of([reply::failure(TransportErrorKind::Timeout)]);
    let error = rehearsal.create().unwrap_err();
    assert_eq!(sent(&error), Sent::Maybe);
    let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
    assert_eq!(timeout.transport_error().unwrap().kind(), TransportErrorKind::Timeout);
    assert!(error.to_string().contains("transport timed out"), "{error}");
}

#[test]
fn ambiguity_after_a_timeout_is_sticky() {
    let rehearsal = Rehearsal::replying(
        ManualTimer::auto(),
        |_| reply::clerk_errors(400, "actor_token_cannot_be_revoked_code"),
        |builder| builder,
    );
    rehearsal.transport.inject(Fault::silence().after_effect());
    let error = rehearsal.revoke().unwrap_err();
    assert!(error.is_not_pending() && error.is_ambiguous());
    assert_eq!(error.attempts(), 2);
}

#[test]
fn retrying_timeouts_can_be_turned_off_with_other_connection_errors() {
    let rehearsal = Rehearsal::of_clerk(|builder| {
        builder.retries(RetryConfig::new().retry_connection_errors(false))
    });
    for (fault, ambiguous) in
        [(Fault::silence().after_effect(), true), (Fault::delay(Duration::MAX), false)]
    {
        rehearsal.transport.inject(fault.clone());
        let error = rehearsal.revoke().unwrap_err();
        assert_eq!((error.attempts(), error.is_ambiguous()), (1, ambiguous), "{fault:?}");
    }
}

#[test]
fn a_timer_may_be_shared_or_boxed() {
    let timer = ManualTimer::new();
    let timers: [Box<dyn Timer>; 2] =
        [Box::new(std::sync::Arc::new(timer.clone())), Box::new(Box::new(timer.clone()))];
    for wrapped in timers {
        assert_eq!((wrapped.now(), wrapped.wall_clock()), (timer.now(), timer.wall_clock()));
        let mut sleep = wrapped.sleep(seconds(1));
        assert_eq!(run_until_stalled(sleep.as_mut()), None);
        timer.advance(seconds(1));
        assert_eq!(run_until_stalled(sleep), Some(()));
    }
}

#[test]
fn a_timeout_names_the_limit_that_was_exceeded() {
    for (call, attempt, named) in
        [(10, 4, "4s attempt timeout"), (4, 10, "4s call timeout"), (4, 4, "4s call timeout")]
    {
        let rehearsal = Rehearsal::of_clerk(|builder| {
            builder.timeout(seconds(call)).attempt_timeout(seconds(attempt))
        });
        rehearsal.transport.inject(Fault::silence().after_effect());
        let error = rehearsal.create().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "no response within the {named} (api.clerk.com:443); the request may have taken effect"
            )
        );
    }
}
