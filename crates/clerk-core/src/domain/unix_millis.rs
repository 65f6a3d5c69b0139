use std::time::{Duration, SystemTime};

/// 2^53, up to which an `f64` represents every integer exactly. A larger one may have been rounded:
/// it is not a timestamp.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A point in time, in milliseconds since the Unix epoch; negative before it.
///
/// All of Clerk's timestamps have this form.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use clerk_core::UnixMillis;
///
/// let created_at = UnixMillis::new(1_638_000_669_544);
/// let since_epoch = Duration::from_millis(1_638_000_669_544);
/// assert_eq!(created_at.to_system_time(), Some(SystemTime::UNIX_EPOCH + since_epoch));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// Creates a point in time from milliseconds since the Unix epoch.
    pub const fn new(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the point in time as a [`SystemTime`], or `None` if this platform cannot represent
    /// it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        if self.0.is_negative() {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }

    /// Parses a JSON number with a whole value, in any notation: `1700000000000`,
    /// `1700000000000.0`, `1.7e12`.
    pub(crate) fn from_json(number: &str) -> Option<Self> {
        if let Ok(millis) = number.parse() {
            return Some(Self(millis));
        }
        let millis: f64 = serde_json::from_str(number).ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number of at most 2^53 is exact"
        )]
        (millis.fract() == 0.0 && millis.abs() <= MAX_EXACT).then_some(Self(millis as i64))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::UnixMillis;

    #[test]
    fn whole_numbers_are_read_in_any_notation() {
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
    fn anything_else_is_rejected() {
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
            let _depends_on_the_platform = UnixMillis::new(millis).to_system_time();
            assert_eq!(UnixMillis::new(millis).as_millis(), millis);
        }
    }
}
