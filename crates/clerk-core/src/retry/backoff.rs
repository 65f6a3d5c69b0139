use std::time::Duration;

use super::RetryConfig;

/// What is known of a call's time when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// Attempts so far, at least one.
    pub(crate) attempts: u32,
    /// Since the start of the call.
    pub(crate) elapsed: Duration,
    /// The call's whole time.
    pub(crate) timeout: Duration,
}

/// Tells how long to wait before the next attempt, or `None` if there is to be none.
///
/// `chance` is drawn from 0 to 1. The pause is at least what the server asked for, and ends while
/// there is time left.
pub(crate) fn pause(
    config: &RetryConfig,
    spent: Spent,
    asked_for: Option<Duration>,
    chance: f64,
) -> Option<Duration> {
    if spent.attempts >= config.max_attempts {
        return None;
    }
    let pause = jittered(config, spent.attempts, chance).max(asked_for.unwrap_or_default());
    let elapsed = spent.elapsed.checked_add(pause)?;
    starts_in_time(config, Spent { elapsed, ..spent }).then_some(pause)
}

/// Tells whether an attempt may still start when this much is spent.
pub(crate) fn starts_in_time(config: &RetryConfig, spent: Spent) -> bool {
    spent.elapsed <= config.max_elapsed_time && spent.elapsed < spent.timeout
}

/// Draws a pause between zero and the bound, which grows with every attempt up to the longest.
fn jittered(config: &RetryConfig, attempts: u32, chance: f64) -> Duration {
    let growth =
        config.exponent.powi(i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX));
    let bound = Duration::try_from_secs_f64(config.initial_interval.as_secs_f64() * growth)
        .map_or(config.max_interval, |bound| bound.min(config.max_interval));
    Duration::try_from_secs_f64(bound.as_secs_f64() * chance)
        .map_or(bound, |pause| pause.min(bound))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{RetryConfig, Spent, jittered, pause};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn spent(attempts: u32, elapsed: Duration) -> Spent {
        Spent { attempts, elapsed, timeout: Duration::MAX }
    }

    #[test]
    fn the_bound_grows_by_the_exponent_up_to_the_longest() {
        let config = RetryConfig::new();
        let bounds: Vec<_> = (1..=8).map(|attempts| jittered(&config, attempts, 1.0)).collect();
        assert_eq!(bounds[..3], [MS(500), MS(750), MS(1125)]);
        assert_eq!(bounds[7], MS(5000));
    }

    #[test]
    fn the_pause_is_drawn_from_zero_to_the_bound() {
        let config = RetryConfig::new();
        assert_eq!(jittered(&config, 1, 0.0), Duration::ZERO);
        assert_eq!(jittered(&config, 1, 0.5), MS(250));
    }

    #[test]
    fn absurd_settings_neither_panic_nor_pass_the_bound() {
        for initial in [Duration::ZERO, Duration::MAX] {
            for longest in [Duration::ZERO, MS(7), Duration::MAX] {
                for exponent in [f64::NAN, 0.0, 1e300] {
                    for attempts in [0, 1, 2, u32::MAX] {
                        for chance in [0.0, 0.999_999, f64::NAN, -1.0, 2.0] {
                            let config = RetryConfig::new()
                                .initial_interval(initial)
                                .max_interval(longest)
                                .exponent(exponent);
                            assert!(jittered(&config, attempts, chance) <= longest);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn there_are_no_more_attempts_than_allowed() {
        let config = RetryConfig::new().max_attempts(2);
        assert!(pause(&config, spent(1, Duration::ZERO), None, 0.5).is_some());
        assert_eq!(pause(&config, spent(2, Duration::ZERO), None, 0.5), None);
    }

    #[test]
    fn no_attempt_starts_after_the_longest_elapsed_time() {
        let config = RetryConfig::new().max_elapsed_time(MS(1000));
        assert_eq!(pause(&config, spent(1, MS(750)), None, 0.5), Some(MS(250)));
        assert_eq!(pause(&config, spent(1, MS(751)), None, 0.5), None);
    }

    #[test]
    fn no_attempt_starts_when_the_call_would_be_over() {
        let spent = Spent { attempts: 1, elapsed: MS(100), timeout: MS(350) };
        assert_eq!(pause(&RetryConfig::new(), spent, None, 0.49), Some(MS(245)));
        assert_eq!(
            pause(&RetryConfig::new(), spent, None, 0.5),
            None,
            "an attempt with no time at all is none"
        );
    }

    #[test]
    fn the_server_is_waited_for_as_long_as_it_asks_and_no_longer_than_there_is_time() {
        let config = RetryConfig::new();
        assert_eq!(pause(&config, spent(1, MS(0)), Some(MS(20_000)), 0.5), Some(MS(20_000)));
        assert_eq!(pause(&config, spent(1, MS(0)), Some(MS(30_001)), 0.5), None);
        assert_eq!(pause(&config, spent(1, MS(1)), Some(Duration::MAX), 0.5), None);
        assert_eq!(
            pause(&config, spent(1, MS(0)), Some(Duration::ZERO), 0.5),
            Some(MS(250)),
            "zero is no licence to hammer"
        );
    }
}
