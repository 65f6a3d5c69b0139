use std::time::Duration;

/// Says how often and for how long a call is tried again, within what the law allows at all.
///
/// By default: 3 attempts, pauses of up to 500 ms that grow by half each time to at most 5 s (each
/// drawn at random from zero to that bound), no attempt later than 30 s after the first, connection
/// failures included.
///
/// Whatever is set here, a create that may have taken effect is **not** sent again, unless
/// [`retry_ambiguous_creates`](Self::retry_ambiguous_creates) says so.
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

/// No budget is longer, so that no `Retry-After` can make a call sleep for ever.
const LONGEST_BUDGET: Duration = Duration::from_secs(24 * 60 * 60);

impl RetryConfig {
    /// Gives the default.
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

    /// Allows one attempt and no more.
    pub fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// Sets the longest first pause.
    pub fn initial_interval(mut self, interval: Duration) -> Self {
        self.initial_interval = interval;
        self
    }

    /// Sets the longest pause of all. A longer `Retry-After` is still honoured.
    pub fn max_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// Sets by what the longest pause grows from one attempt to the next: 1 to 100, the nearest of
    /// them for anything else.
    pub fn exponent(mut self, exponent: f64) -> Self {
        self.exponent = if exponent.is_nan() { 1.0 } else { exponent.clamp(1.0, 100.0) };
        self
    }

    /// Sets the time after which no further attempt starts, counted from the start of the call; at
    /// most a day.
    pub fn max_elapsed_time(mut self, time: Duration) -> Self {
        self.max_elapsed_time = time.min(LONGEST_BUDGET);
        self
    }

    /// Sets how many attempts there may be, the first included; 0 means 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets whether a call is tried again when no whole answer came (`true`), or only by status
    /// (`false`).
    pub fn retry_connection_errors(mut self, retry: bool) -> Self {
        self.retry_connection_errors = retry;
        self
    }

    /// Accepts duplicates: lets a create be sent again although an earlier attempt may have made a
    /// token.
    ///
    /// Such a token is live, and nobody can name it or revoke it. Off by default.
    pub fn retry_ambiguous_creates(mut self, retry: bool) -> Self {
        self.retry_ambiguous_creates = retry;
        self
    }

    /// Tells whether there can be a second attempt, and so a pause.
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
    fn absurd_settings_are_clamped() {
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
