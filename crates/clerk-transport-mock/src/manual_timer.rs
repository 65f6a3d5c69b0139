use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use clerk_core::{Timer, async_trait};

use crate::{
    clock::{Clock, Pace, lock},
    sleep::Sleep,
};

/// 2025-01-01T00:00:00Z, a Wednesday.
const START: Duration = Duration::from_secs(1_735_689_600);

/// A timer that a test controls. Clones share the same time.
///
/// There are two paces:
///
/// - [`new`](Self::new): time stands still until [`advance`](Self::advance) moves it. Use it to
///   look at what happens during a wait.
/// - [`auto`](Self::auto): whenever something waits, time jumps to the end of the sleep that ends
///   first. Use it to run through retries and time limits at once, and read the delays from
///   [`slept`](Self::slept).
///
/// With `auto`, anything that is not ready within a poll or two is late: a response that never
/// comes exceeds its time limit at once, and so would a response from a real socket. A response
/// that is ready at the first poll, as all of [`MockHttpTransport`](crate::MockHttpTransport)'s
/// are, is always in time. The shorter of two sleeps ends first, so a
/// [`Fault::delay`](crate::Fault::delay) of 5 s exceeds a limit of 1 s, but not one of 10 s.
///
/// The wall clock starts at 2025-01-01T00:00:00Z (`Wed, 01 Jan 2025 00:00:00 GMT` in a header).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::Timer;
/// use clerk_transport_mock::{ManualTimer, run_until_stalled};
///
/// let timer = ManualTimer::auto();
/// let start = timer.now();
/// run_until_stalled(timer.sleep(Duration::from_secs(3600))).expect("time jumps");
/// assert_eq!(timer.now() - start, Duration::from_secs(3600));
/// assert_eq!(timer.slept(), [Duration::from_secs(3600)]);
/// ```
#[derive(Clone, Debug)]
pub struct ManualTimer {
    clock: Arc<Mutex<Clock>>,
}

impl ManualTimer {
    /// Creates a timer whose time stands still until it is advanced.
    #[expect(
        clippy::new_without_default,
        reason = "a default would hide which of the two paces it is"
    )]
    pub fn new() -> Self {
        Self::with_pace(Pace::Manual)
    }

    /// Creates a timer whose time jumps to the end of the next sleep whenever something waits.
    pub fn auto() -> Self {
        Self::with_pace(Pace::Auto)
    }

    fn with_pace(pace: Pace) -> Self {
        Self {
            clock: Arc::new(Mutex::new(Clock::new(START, SystemTime::UNIX_EPOCH + START, pace))),
        }
    }

    /// Moves time forward and wakes every sleep that is due. A step beyond what the clock can
    /// express is ignored.
    pub fn advance(&self, step: Duration) {
        let to_wake = self.clock().advance(step);
        for waker in to_wake {
            waker.wake();
        }
    }

    /// Sets the wall clock, which a `Retry-After` date is compared with, and nothing else.
    pub fn set_wall_clock(&self, wall_clock: SystemTime) {
        self.clock().date = wall_clock;
    }

    /// Returns the durations of the sleeps that are over, in the order in which they ended. A sleep
    /// that was dropped is not included.
    pub fn slept(&self) -> Vec<Duration> {
        self.clock().slept.clone()
    }

    /// Returns the durations of the sleeps under way, the oldest first. A time limit counts as a
    /// sleep.
    pub fn sleeping(&self) -> Vec<Duration> {
        self.clock().sleeping()
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        lock(&self.clock)
    }
}

#[async_trait]
impl Timer for ManualTimer {
    fn now(&self) -> Duration {
        self.clock().now
    }

    fn wall_clock(&self) -> SystemTime {
        self.clock().date
    }

    async fn sleep(&self, duration: Duration) {
        Sleep::new(Arc::clone(&self.clock), duration).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Future, poll_fn},
        pin::pin,
        task::Poll,
    };

    use super::*;
    use crate::run_until_stalled;

    const S: fn(u64) -> Duration = Duration::from_secs;

    /// Returns which of two futures is over first; `one` is polled first.
    async fn first(one: impl Future<Output = ()>, other: impl Future<Output = ()>) -> &'static str {
        let (mut one, mut other) = (pin!(one), pin!(other));
        poll_fn(|context| {
            if one.as_mut().poll(context).is_ready() {
                return Poll::Ready("one");
            }
            other.as_mut().poll(context).map(|()| "other")
        })
        .await
    }

    async fn first_unnamed(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
        first(one, other).await;
    }

    #[test]
    fn time_stands_still_until_it_is_advanced() {
        let timer = ManualTimer::new();
        let (start, date) = (timer.now(), timer.wall_clock());
        let mut sleep = timer.sleep(S(10));
        assert_eq!(run_until_stalled(&mut sleep), None);
        assert_eq!((timer.now(), timer.wall_clock(), timer.sleeping()), (start, date, vec![S(10)]));

        timer.clone().advance(S(9));
        assert_eq!(run_until_stalled(&mut sleep), None);
        assert_eq!(timer.slept(), []);

        timer.advance(S(1));
        assert_eq!(run_until_stalled(&mut sleep), Some(()));
        assert_eq!((timer.now(), timer.wall_clock()), (start + S(10), date + S(10)));
        assert_eq!((timer.slept(), timer.sleeping()), (vec![S(10)], vec![]));
    }

    #[test]
    fn advancing_wakes_only_what_is_due() {
        let timer = ManualTimer::new();
        let (mut short, mut long) = (timer.sleep(S(1)), timer.sleep(S(2)));
        assert_eq!((run_until_stalled(&mut short), run_until_stalled(&mut long)), (None, None));
        let to_wake = timer.clock().advance(S(1));
        assert_eq!(to_wake.len(), 1);
    }

    #[test]
    fn a_dropped_sleep_leaves_no_trace() {
        for timer in [ManualTimer::new(), ManualTimer::auto()] {
            assert_eq!(run_until_stalled(timer.sleep(Duration::MAX)), None);
            drop(timer.sleep(S(1)));
            assert_eq!((timer.sleeping(), timer.slept()), (vec![], vec![]));
        }
    }

    #[test]
    fn auto_ends_and_records_every_sleep() {
        let timer = ManualTimer::auto();
        let start = timer.now();
        for seconds in [5, 0, 3] {
            assert_eq!(run_until_stalled(timer.sleep(S(seconds))), Some(()));
        }
        assert_eq!((timer.now(), timer.slept()), (start + S(8), vec![S(5), S(0), S(3)]));
    }

    #[test]
    fn auto_ends_the_shorter_sleep_first_whichever_is_polled_first() {
        for (one, other, over_first) in [(5, 1, "other"), (1, 5, "one"), (2, 2, "one")] {
            let timer = ManualTimer::auto();
            let start = timer.now();
            let over = run_until_stalled(first(timer.sleep(S(one)), timer.sleep(S(other))));
            assert_eq!((over, timer.now()), (Some(over_first), start + S(one.min(other))));
            assert_eq!((timer.slept(), timer.sleeping()), (vec![S(one.min(other))], vec![]));
        }
    }

    #[test]
    fn auto_ends_the_shortest_of_three_sleeps_first() {
        let timer = ManualTimer::auto();
        let over = first(first_unnamed(timer.sleep(S(5)), timer.sleep(S(3))), timer.sleep(S(1)));
        assert_eq!(run_until_stalled(over), Some("other"));
        assert_eq!(timer.slept(), [S(1)]);
    }

    #[test]
    fn auto_is_not_stopped_by_a_sleep_that_is_no_longer_polled() {
        let timer = ManualTimer::auto();
        let mut unpolled = timer.sleep(S(1));
        let waker = std::task::Waker::noop();
        assert!(unpolled.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
        assert_eq!(run_until_stalled(timer.sleep(S(5))), Some(()));
        assert_eq!(run_until_stalled(unpolled), Some(()));
    }

    #[test]
    fn a_zero_sleep_is_over_at_once() {
        assert_eq!(run_until_stalled(ManualTimer::new().sleep(Duration::ZERO)), Some(()));
    }

    #[test]
    fn the_longest_duration_never_ends_and_never_panics() {
        for timer in [ManualTimer::new(), ManualTimer::auto()] {
            let start = timer.now();
            timer.advance(Duration::MAX);
            assert_eq!(timer.now(), start, "a step beyond what the clock can express is ignored");
            let over =
                run_until_stalled(first(timer.sleep(Duration::MAX), timer.sleep(Duration::MAX)));
            assert_eq!(over, None);
        }
        let timer = ManualTimer::auto();
        assert_eq!(
            run_until_stalled(first(timer.sleep(Duration::MAX), timer.sleep(S(1)))),
            Some("other")
        );
    }

    #[test]
    fn the_wall_clock_can_be_set() {
        let timer = ManualTimer::new();
        let start = timer.now();
        timer.set_wall_clock(SystemTime::UNIX_EPOCH);
        timer.advance(S(1));
        assert_eq!(
            (timer.wall_clock(), timer.now()),
            (SystemTime::UNIX_EPOCH + S(1), start + S(1))
        );
    }
}
