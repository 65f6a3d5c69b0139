use std::time::Duration;

/// The upper bound for `max_elapsed_time`, so that no `Retry-After` can make a call sleep forever.
const MAX_ELAPSED_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings for retries: how many attempts a call makes, how far apart, and for how long.
///
/// By default, a call makes at most 3 attempts and starts none later than 30 s after the first.
/// Before each retry it waits for a random delay, whose upper bound starts at 500 ms and grows by
/// half each time, to at most 5 s. Connection errors are retried too.
///
/// Whatever the settings, a create that may have taken effect is **not** sent again, unless
/// [`retry_ambiguous_creates`](Self::retry_ambiguous_creates) allows it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use clerk_core::RetryConfig;
///
/// let patient = RetryConfig::new().max_attempts(6).max_elapsed_time(Duration::from_secs(120));
/// assert_ne!(patient, RetryConfig::none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct RetryConfig {
    pub(super) initial_interval: Duration,
    pub(super) max_interval: Duration,
    pub(super) exponent: f64,
    pub(super) max_elapsed_time: Duration,
    pub(super) max_attempts: u32,
    pub(super) retry_connection_errors: bool,
    pub(super) retry_ambiguous_creates: bool,
}

impl RetryConfig {
    /// Returns the default settings.
    pub fn new() -> Self {
        Self {
            initial_interval: Duration::from_millis(500),
            max_interval: Duration::from_secs(5),
            exponent: 1.5,
            max_elapsed_time: Duration::from_secs(30),
            max_attempts: 3,
            retry_connection_errors: true,
            retry_ambiguous_creates: false,
        }
    }

    /// Returns settings that allow a single attempt.
    pub fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// Sets the upper bound of the first delay.
    pub fn initial_interval(mut self, interval: Duration) -> Self {
        self.initial_interval = interval;
        self
    }

    /// Sets the upper bound of every delay. A longer `Retry-After` is still honored.
    pub fn max_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// Sets the factor by which the upper bound grows from one delay to the next, clamped to the
    /// range from 1 to 100; NaN counts as 1.
    pub fn exponent(mut self, exponent: f64) -> Self {
        self.exponent = if exponent.is_nan() { 1.0 } else { exponent.clamp(1.0, 100.0) };
        self
    }

    /// Sets the time after which no further attempt starts, measured from the start of the call;
    /// anything longer than one day counts as one day.
    pub fn max_elapsed_time(mut self, time: Duration) -> Self {
        self.max_elapsed_time = time.min(MAX_ELAPSED_TIME);
        self
    }

    /// Sets the maximum number of attempts of each request, including the first; 0 means 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets whether to retry if no complete response was received; `true` by default.
    ///
    /// With `false`, a request is retried only after certain statuses.
    pub fn retry_connection_errors(mut self, retry: bool) -> Self {
        self.retry_connection_errors = retry;
        self
    }

    /// Sets whether to retry a create that may already have created a token; `false` by default.
    ///
    /// With `true`, duplicates are possible: the earlier token may be live, and without its id
    /// nobody can revoke it.
    pub fn retry_ambiguous_creates(mut self, retry: bool) -> Self {
        self.retry_ambiguous_creates = retry;
        self
    }

    /// Returns `true` if a call may make a second attempt, and so has to wait before it.
    pub(crate) fn allows_retries(&self) -> bool {
        self.max_attempts > 1
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RetryConfig;

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let config = RetryConfig::default();
        assert_eq!(config.initial_interval, Duration::from_millis(500));
        assert_eq!(config.max_interval, Duration::from_secs(5));
        assert!((config.exponent - 1.5).abs() < f64::EPSILON);
        assert_eq!(config.max_elapsed_time, Duration::from_secs(30));
        assert_eq!(config.max_attempts, 3);
        assert!(
            config.retry_connection_errors
                && !config.retry_ambiguous_creates
                && config.allows_retries()
        );
        assert!(!RetryConfig::none().allows_retries());
    }

    #[test]
    fn extreme_settings_are_clamped() {
        for (set, kept) in [
            (f64::NAN, 1.0),
            (-3.0, 1.0),
            (0.5, 1.0),
            (1e300, 100.0),
            (f64::INFINITY, 100.0),
            (2.0, 2.0),
        ] {
            assert_eq!(
                RetryConfig::new().exponent(set).exponent.to_bits(),
                f64::to_bits(kept),
                "{set}"
            );
        }
        assert_eq!(RetryConfig::new().max_attempts(0).max_attempts, 1);
        assert_eq!(
            RetryConfig::new().max_elapsed_time(Duration::MAX).max_elapsed_time,
            Duration::from_secs(86_400)
        );
    }
}
