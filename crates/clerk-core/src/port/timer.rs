use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;

/// Tells the time and waits. Core reads no clock itself, so whoever supplies this decides what time
/// is.
///
/// # What an implementation owes
///
/// `now` never goes back. `sleep` ends when at least `duration` has passed by `now`, whatever the
/// duration (`Duration::MAX` must not panic), and stops when it is dropped.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Gives the present by a clock that never goes back: what timeouts and budgets are measured
    /// by.
    fn now(&self) -> Instant;

    /// Gives the present by the calendar: what a `Retry-After` date is measured by.
    fn wall_clock(&self) -> SystemTime;

    /// Waits for `duration`. Dropping the future ends the wait.
    async fn sleep(&self, duration: Duration);
}

#[async_trait]
impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn now(&self) -> Instant {
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
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn wall_clock(&self) -> SystemTime {
        (**self).wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}
