use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Milliseconds since the Unix epoch, the unit of Clerk's timestamps.
pub(crate) type UnixMillis = i64;

/// The emulator's clock: real time, plus whatever a test has advanced it by.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The system clock is read only once. From there on time is monotonic, so that an adjustment
    /// of the system clock cannot revive an expired token.
    epoch_to_start: Duration,
    start: Instant,
    advanced: Mutex<Duration>,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place where the emulator reads the system's time"
    )]
    pub(crate) fn start() -> Self {
        Self {
            epoch_to_start: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            start: Instant::now(),
            advanced: Mutex::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> UnixMillis {
        let advanced = *self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.epoch_to_start.saturating_add(self.start.elapsed()).saturating_add(advanced);
        UnixMillis::try_from(now.as_millis()).unwrap_or(UnixMillis::MAX)
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        *advanced = advanced.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_in_milliseconds_of_this_century() {
        let now = Clock::start().now();
        assert!(now > 1_700_000_000_000, "{now}");
        assert!(now < 4_102_444_800_000, "{now}");
    }

    #[test]
    fn advancing_moves_the_clock() {
        let clock = Clock::start();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= before + 3_600_000);
    }

    #[test]
    fn advancing_saturates() {
        let clock = Clock::start();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), UnixMillis::MAX);
    }
}
