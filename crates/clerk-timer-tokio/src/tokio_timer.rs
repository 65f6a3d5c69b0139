use std::{
    sync::LazyLock,
    time::{Duration, Instant, SystemTime},
};

use clerk_core::{Timer, async_trait};

/// A [`Timer`] on tokio's clock, which tests may pause and advance.
///
/// `now` counts from one point for the whole process, so differences are exact between all runtimes
/// that share a clock, and within every runtime that has a paused one.
///
/// # Panics
///
/// Like tokio's own timers, [`sleep`](Timer::sleep) panics outside a tokio runtime with time
/// enabled.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::Timer;
/// use clerk_timer_tokio::TokioTimer;
///
/// # let mut runtime = tokio::runtime::Builder::new_current_thread();
/// # runtime.enable_time().start_paused(true).build()?.block_on(async {
/// let start = TokioTimer.now();
/// TokioTimer.sleep(Duration::from_millis(20)).await;
/// assert!(TokioTimer.now() - start >= Duration::from_millis(20));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

/// The point that `now` counts from, and its place in the count.
///
/// It is read from the system's clock. Tokio's clock will not do: in a paused runtime that was
/// advanced by an hour it lies an hour ahead, and everywhere else the time would stand still for
/// that long. A clock that was paused earlier lies behind this point, hence an origin beyond zero.
#[expect(clippy::disallowed_methods, reason = "tokio's clock is the system's, unless it is paused")]
static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);
const ORIGIN: Duration = Duration::from_secs(1_000_000_000);

#[async_trait]
impl Timer for TokioTimer {
    fn now(&self) -> Duration {
        let (now, epoch) = (tokio::time::Instant::now().into_std(), *EPOCH);
        match now.checked_duration_since(epoch) {
            Some(after) => ORIGIN.saturating_add(after),
            None => ORIGIN.saturating_sub(epoch.duration_since(now)),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the timer that all other code uses")]
    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::{Duration, Timer, TokioTimer};

    const HOUR: Duration = Duration::from_secs(3600);

    fn paused() -> Runtime {
        Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    /// Measures a sleep of a second by the timer, on a clock that jumps.
    async fn a_second() -> Duration {
        let start = TokioTimer.now();
        TokioTimer.sleep(Duration::from_secs(1)).await;
        TokioTimer.now().saturating_sub(start)
    }

    #[test]
    fn an_hour_in_one_paused_runtime_leaves_other_clocks_exact() {
        let (earlier, ahead) = (paused(), paused());
        let advanced = ahead.block_on(async {
            // Before the first reading: whatever was read then would be the hour ahead.
            tokio::time::advance(HOUR).await;
            let start = TokioTimer.now();
            tokio::time::advance(HOUR).await;
            TokioTimer.now().saturating_sub(start)
        });
        assert_eq!(advanced, HOUR);
        // Paused before the timer was first read, so behind the point that it counts from.
        assert_eq!(earlier.block_on(a_second()), Duration::from_secs(1));
        assert_eq!(paused().block_on(a_second()), Duration::from_secs(1));
        assert_eq!(ahead.block_on(a_second()), Duration::from_secs(1));
    }

    #[test]
    fn time_never_goes_back_between_threads() {
        let before = TokioTimer.now();
        let during = std::thread::spawn(|| TokioTimer.now()).join().unwrap();
        assert!(before <= during && during <= TokioTimer.now());
    }

    #[test]
    fn the_longest_sleep_does_not_panic() {
        paused().block_on(async {
            let sleep = TokioTimer.sleep(Duration::MAX);
            assert!(tokio::time::timeout(HOUR, sleep).await.is_err());
        });
    }
}
