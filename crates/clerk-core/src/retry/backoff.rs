use std::time::Duration;

use super::RetryConfig;

/// The attempts and the time that a call has used, and the time limit of the whole call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// The attempts so far.
    pub(crate) attempts: u32,
    /// The time since the call started.
    pub(crate) elapsed: Duration,
    /// The time limit of the whole call.
    pub(crate) timeout: Duration,
}

/// Returns the delay before the next attempt, or `None` if no attempt may follow.
///
/// The delay is at least `retry_after`, and ends while there is time left. `jitter` is a random
/// number from 0 to 1.
pub(crate) fn next_delay(
    config: &RetryConfig,
    budget: Budget,
    retry_after: Option<Duration>,
    jitter: f64,
) -> Option<Duration> {
    if budget.attempts >= config.max_attempts {
        return None;
    }
    let delay = backoff(config, budget.attempts, jitter).max(retry_after.unwrap_or_default());
    let elapsed = budget.elapsed.checked_add(delay)?;
    has_time_left(config, Budget { elapsed, ..budget }).then_some(delay)
}

/// Returns `true` if there is time left in which another attempt may start.
pub(crate) fn has_time_left(config: &RetryConfig, budget: Budget) -> bool {
    budget.elapsed <= config.max_elapsed_time && budget.elapsed < budget.timeout
}

/// Returns the time after which a call begins no further request.
pub(crate) fn time_limit(config: &RetryConfig, timeout: Duration) -> Duration {
    config.max_elapsed_time.min(timeout)
}

/// Returns a delay between zero and an upper bound that grows with each attempt.
fn backoff(config: &RetryConfig, attempts: u32, jitter: f64) -> Duration {
    let growth =
        config.exponent.powi(i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX));
    let bound = Duration::try_from_secs_f64(config.initial_interval.as_secs_f64() * growth)
        .map_or(config.max_interval, |bound| bound.min(config.max_interval));
    Duration::try_from_secs_f64(bound.as_secs_f64() * jitter)
        .map_or(bound, |delay| delay.min(bound))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, RetryConfig, backoff, next_delay};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn budget(attempts: u32, elapsed: Duration) -> Budget {
        Budget { attempts, elapsed, timeout: Duration::MAX }
    }

    #[test]
    fn the_bound_grows_exponentially_up_to_max_interval() {
        let config = RetryConfig::new();
        let bounds: Vec<_> = (1..=8).map(|attempts| backoff(&config, attempts, 1.0)).collect();
        assert_eq!(bounds[..3], [MS(500), MS(750), MS(1125)]);
        assert_eq!(bounds[7], MS(5000));
    }

    #[test]
    fn the_delay_is_between_zero_and_the_bound() {
        let config = RetryConfig::new();
        assert_eq!(backoff(&config, 1, 0.0), Duration::ZERO);
        assert_eq!(backoff(&config, 1, 0.5), MS(250));
    }

    #[test]
    fn extreme_settings_neither_panic_nor_exceed_the_bound() {
        for initial in [Duration::ZERO, Duration::MAX] {
            for max_interval in [Duration::ZERO, MS(7), Duration::MAX] {
                for exponent in [f64::NAN, 0.0, 1e300] {
                    for attempts in [0, 1, 2, u32::MAX] {
                        for jitter in [0.0, 0.999_999, f64::NAN, -1.0, 2.0] {
                            let config = RetryConfig::new()
                                .initial_interval(initial)
                                .max_interval(max_interval)
                                .exponent(exponent);
                            assert!(backoff(&config, attempts, jitter) <= max_interval);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn attempts_stop_at_max_attempts() {
        let config = RetryConfig::new().max_attempts(2);
        assert!(next_delay(&config, budget(1, Duration::ZERO), None, 0.5).is_some());
        assert_eq!(next_delay(&config, budget(2, Duration::ZERO), None, 0.5), None);
    }

    #[test]
    fn no_attempt_starts_after_max_elapsed_time() {
        let config = RetryConfig::new().max_elapsed_time(MS(1000));
        assert_eq!(next_delay(&config, budget(1, MS(750)), None, 0.5), Some(MS(250)));
        assert_eq!(next_delay(&config, budget(1, MS(751)), None, 0.5), None);
    }

    #[test]
    fn no_attempt_starts_once_the_call_has_timed_out() {
        let budget = Budget { attempts: 1, elapsed: MS(100), timeout: MS(350) };
        assert_eq!(next_delay(&RetryConfig::new(), budget, None, 0.49), Some(MS(245)));
        assert_eq!(
            next_delay(&RetryConfig::new(), budget, None, 0.5),
            None,
            "an attempt needs some time"
        );
    }

    #[test]
    fn retry_after_is_honored_if_it_fits_into_the_time_left() {
        let config = RetryConfig::new();
        assert_eq!(next_delay(&config, budget(1, MS(0)), Some(MS(20_000)), 0.5), Some(MS(20_000)));
        assert_eq!(next_delay(&config, budget(1, MS(0)), Some(MS(30_001)), 0.5), None);
        assert_eq!(next_delay(&config, budget(1, MS(1)), Some(Duration::MAX), 0.5), None);
        assert_eq!(
            next_delay(&config, budget(1, MS(0)), Some(Duration::ZERO), 0.5),
            Some(MS(250)),
            "a zero does not shorten the delay"
        );
    }
}
