use std::{
    cell::Cell,
    future::poll_fn,
    task::Poll,
    time::{Duration, SystemTime},
};

use clerk_core::{Timer, async_trait};

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static WALL_CLOCK: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static WAIT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The clock of the host, as it was when it last told the time.
pub struct HostClock;

/// Sets the time, in milliseconds.
pub fn set(now: f64, wall_clock: f64) {
    let duration = |millis: f64| Duration::from_secs_f64(millis / 1000.0);
    NOW.set(duration(now));
    WALL_CLOCK.set(duration(wall_clock));
}

/// Returns for how many milliseconds the last sleep that was polled still waits.
pub fn wait() -> f64 {
    WAIT.get().as_secs_f64() * 1000.0
}

#[async_trait]
impl Timer for HostClock {
    fn now(&self) -> Duration {
        NOW.get()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + WALL_CLOCK.get()
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.now().saturating_add(duration);
        poll_fn(|_| {
            let left = end.saturating_sub(NOW.get());
            WAIT.set(left);
            if left.is_zero() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
