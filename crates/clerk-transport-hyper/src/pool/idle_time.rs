use std::time::Duration;

use tokio::time::Instant;

/// The time that a connection has been idle, and its limit.
pub(super) struct IdleTime {
    since: Instant,
    limit: Duration,
}

impl IdleTime {
    pub(super) fn start(limit: Duration) -> Self {
        Self { since: Instant::now(), limit }
    }

    pub(super) fn remaining(&self) -> Duration {
        self.limit.saturating_sub(self.since.elapsed())
    }

    pub(super) fn is_over(&self) -> bool {
        self.remaining().is_zero()
    }
}
