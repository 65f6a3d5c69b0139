use std::hash::{BuildHasher, RandomState};

use crate::port::Timer;

/// Returns a random number from 0 up to, but not including, 1.
pub(super) fn jitter(timer: &dyn Timer) -> f64 {
    jitter_by(&RandomState::new(), timer)
}

/// Makes a number of the time and of random keys.
///
/// Clients that failed together must not retry together. The keys suffice for that, except on
/// targets without a source of randomness, such as wasm32-unknown-unknown, where they are always
/// the same. There, the time differs.
fn jitter_by(keys: &impl BuildHasher, timer: &dyn Timer) -> f64 {
    let hash = keys.hash_one((timer.wall_clock(), timer.now()));
    // The upper half always fits.
    let half = u32::try_from(hash >> 32).unwrap_or_default();
    f64::from(half) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        hash::{BuildHasherDefault, DefaultHasher},
        time::{Duration, SystemTime},
    };

    use super::{Timer, jitter, jitter_by};
    use async_trait::async_trait;

    /// A clock that stands still.
    struct Still {
        now: Duration,
        wall_clock: SystemTime,
    }

    #[async_trait]
    impl Timer for Still {
        fn now(&self) -> Duration {
            self.now
        }

        fn wall_clock(&self) -> SystemTime {
            self.wall_clock
        }

        async fn sleep(&self, _: Duration) {}
    }

    fn at(millis: u64) -> Still {
        let since = Duration::from_millis(millis);
        Still { now: since, wall_clock: SystemTime::UNIX_EPOCH + since }
    }

    /// Returns how many different numbers there are.
    fn different(numbers: impl Iterator<Item = f64>) -> usize {
        numbers.map(f64::to_bits).collect::<BTreeSet<_>>().len()
    }

    #[test]
    fn numbers_differ_at_the_same_time() {
        assert!(different((0..100).map(|_| jitter(&at(0)))) > 90);
    }

    #[test]
    fn numbers_differ_between_times_where_nothing_is_random() {
        let constant = BuildHasherDefault::<DefaultHasher>::default();
        assert_eq!(different((0..100).map(|_| jitter_by(&constant, &at(0)))), 1);
        assert!(different((0..100).map(|millis| jitter_by(&constant, &at(millis)))) > 90);
        let (since, wall_clock) = (Duration::ZERO, SystemTime::UNIX_EPOCH);
        let later = Still { now: Duration::from_nanos(1), wall_clock };
        let other = Still { now: since, wall_clock: wall_clock + Duration::from_micros(1) };
        let still = [at(0), later, other];
        assert_eq!(different(still.iter().map(|timer| jitter_by(&constant, timer))), 3);
    }

    #[test]
    fn numbers_cover_the_whole_range() {
        let mut tenths = [0; 10];
        for millis in 0..1000 {
            let number = jitter(&at(millis));
            assert!((0.0..1.0).contains(&number));
            let tenth = (1..10).take_while(|tenth| number >= f64::from(*tenth) / 10.0).count();
            tenths[tenth] += 1;
        }
        assert!(tenths.iter().all(|count| *count > 0), "{tenths:?}");
    }
}
