use std::time::{Duration, SystemTime};

/// Beyond 2^53 a float no longer names one integer: what is written so is not a time but an
/// accident.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Counts milliseconds since the Unix epoch, as Clerk does; negative before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// Takes milliseconds since the epoch.
    pub const fn new(millis: i64) -> Self {
        Self(millis)
    }

    /// Gives the milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Gives the point in time, or `None` if this system's clock cannot express it.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use clerk_core::UnixMillis;
    ///
    /// let created_at = UnixMillis::new(1_638_000_669_544);
    /// assert_eq!(created_at.to_system_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_638_000_669_544)));
    /// ```
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        if self.0.is_negative() {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }

    /// Reads a JSON number that is a whole count, however it is written: `1700000000000`,
    /// `1700000000000.0`, `1.7e12`.
    pub(crate) fn from_json(number: &str) -> Option<Self> {
        if let Ok(millis) = number.parse() {
            return Some(Self(millis));
        }
        let millis: f64 = serde_json::from_str(number).ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within 2^53: exact")]
        (millis.fract() == 0.0 && millis.abs() <= EXACT).then_some(Self(millis as i64))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::UnixMillis;

    #[test]
    fn whole_counts_are_read_however_they_are_written() {
        for (json, millis) in [
            ("0", 0),
            ("1700000000000", 1_700_000_000_000),
            ("1700000000000.0", 1_700_000_000_000),
            ("1.7e12", 1_700_000_000_000),
            ("-9007199254740991", -9_007_199_254_740_991),
            ("-1.5e1", -15),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(UnixMillis::from_json(json), Some(UnixMillis::new(millis)), "{json}");
        }
    }

    #[test]
    fn anything_else_is_no_count() {
        for json in [
            "1.5",
            "1e400",
            "9223372036854775808",
            "1e19",
            "null",
            "\"1700000000000\"",
            "true",
            "[]",
        ] {
            assert_eq!(UnixMillis::from_json(json), None, "{json}");
        }
    }

    #[test]
    fn extremes_do_not_panic() {
        assert_eq!(
            UnixMillis::new(-1000).to_system_time(),
            SystemTime::UNIX_EPOCH.checked_sub(Duration::from_secs(1))
        );
        for millis in [i64::MIN, i64::MAX] {
            let _whatever_this_system_says = UnixMillis::new(millis).to_system_time();
            assert_eq!(UnixMillis::new(millis).as_millis(), millis);
        }
    }
}
