use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;

/// A clock that can wait. The core reads no clock of its own, so the implementation decides what
/// time means. `TokioTimer`, in the crate `clerk-timer-tokio`, is one on tokio's clock.
///
/// # Requirements
///
/// - **`now` never goes back**, and its differences are exact, whichever thread or runtime asks.
/// - **`sleep` ends** once at least `duration` has passed according to `now`. No duration makes it
///   panic, not even `Duration::MAX`.
///
/// # Cancel safety
///
/// Dropping a sleep ends it and leaves nothing behind.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Returns the time since a point of the implementation's own choosing. Time limits and retry
    /// budgets are measured by its differences.
    fn now(&self) -> Duration;

    /// Returns the calendar time, which a `Retry-After` date is compared with.
    fn wall_clock(&self) -> SystemTime;

    /// Waits for `duration`. Dropping the future ends the wait.
    async fn sleep(&self, duration: Duration);
}

#[async_trait]
impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn wall_clock(&self) -> SystemTime {
        (**self).wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}

#[async_trait]
impl<T: Timer + ?Sized> Timer for Box<T> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn wall_clock(&self) -> SystemTime {
        (**self).wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}
