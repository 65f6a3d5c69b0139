use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

use super::InvalidInput;

/// 2^53, up to which an `f64` represents every integer exactly. A larger one may have been rounded:
/// it is not a timestamp.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A point in time, in milliseconds since the Unix epoch; negative before it.
///
/// All of Clerk's timestamps have this form. Serde writes the number, and reads any whole number,
/// however it is written: `1700000000000`, `1700000000000.0`, `1.7e12`.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use clerk_core::UnixMillis;
///
/// let created_at = UnixMillis::new(1_638_000_669_544);
/// let since_epoch = Duration::from_millis(1_638_000_669_544);
/// assert_eq!(created_at.to_system_time(), Some(SystemTime::UNIX_EPOCH + since_epoch));
/// assert_eq!(UnixMillis::try_from(SystemTime::UNIX_EPOCH + since_epoch)?, created_at);
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
///
/// With `chrono`, `jiff` or `time`:
///
/// ```
/// # let created_at = clerk_core::UnixMillis::new(1_638_000_669_544);
/// let millis = created_at.as_millis();
/// let chrono = chrono::DateTime::from_timestamp_millis(millis);
/// let jiff = jiff::Timestamp::from_millisecond(millis);
/// let time = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000);
/// # assert_eq!(chrono.unwrap().timestamp_millis(), 1_638_000_669_544);
/// # assert_eq!(jiff.unwrap().as_millisecond(), 1_638_000_669_544);
/// # assert_eq!(time.unwrap().unix_timestamp_nanos(), 1_638_000_669_544_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
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

    /// Parses a JSON number with a whole value.
    pub(crate) fn from_json(number: &str) -> Option<Self> {
        // Nearly all are plain integers, for which the standard library takes a tenth of the time.
        number.parse().map(Self).ok().or_else(|| serde_json::from_str(number).ok())
    }
}

impl TryFrom<SystemTime> for UnixMillis {
    type Error = InvalidInput;

    /// Converts a point in time, rounded down to a millisecond.
    fn try_from(time: SystemTime) -> Result<Self, InvalidInput> {
        let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_millis()),
            Err(before) => {
                let nanos = before.duration().as_nanos();
                i128::try_from(nanos.div_ceil(1_000_000)).map(|millis| -millis)
            }
        };
        millis.and_then(i64::try_from).map(Self).map_err(|_| {
            InvalidInput::new("time", "must be within 292 million years of the Unix epoch")
        })
    }
}

impl TryFrom<UnixMillis> for SystemTime {
    type Error = InvalidInput;

    /// Converts a point in time that this platform can represent.
    fn try_from(time: UnixMillis) -> Result<Self, InvalidInput> {
        time.to_system_time().ok_or_else(|| {
            InvalidInput::new("time", "must be a time that this platform can represent")
        })
    }
}

impl<'de> Deserialize<'de> for UnixMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeNumber).map(Self)
    }
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of milliseconds")
    }

    fn visit_i64<E>(self, millis: i64) -> Result<i64, E> {
        Ok(millis)
    }

    fn visit_u64<E: Error>(self, millis: u64) -> Result<i64, E> {
        i64::try_from(millis).map_err(|_| E::invalid_value(Unexpected::Unsigned(millis), &self))
    }

    fn visit_f64<E: Error>(self, millis: f64) -> Result<i64, E> {
        if millis.fract() != 0.0 || millis.abs() > MAX_EXACT {
            return Err(E::invalid_value(Unexpected::Float(millis), &self));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number of at most 2^53 is exact"
        )]
        Ok(millis as i64)
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
            ("-9223372036854775808", i64::MIN),
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
    fn a_time_is_a_number_in_json() {
        let time = UnixMillis::new(-1_700_000_000_000);
        assert_eq!(serde_json::to_string(&time).unwrap(), "-1700000000000");
        assert_eq!(serde_json::from_str::<UnixMillis>("-1.7e12").unwrap(), time);
    }

    #[test]
    fn extremes_do_not_panic() {
        for millis in [i64::MIN, i64::MAX] {
            let time = UnixMillis::new(millis);
            assert_eq!(time.as_millis(), millis);
            // What this platform can represent depends on the platform.
            if let Ok(system_time) = SystemTime::try_from(time) {
                assert_eq!(UnixMillis::try_from(system_time), Ok(time));
            }
        }
    }

    #[test]
    fn times_survive_a_round_trip() {
        for millis in [0, 1, -1, 1_638_000_669_544, -1_638_000_669_544] {
            let time = UnixMillis::new(millis);
            assert_eq!(UnixMillis::try_from(SystemTime::try_from(time).unwrap()), Ok(time));
        }
    }

    #[test]
    fn a_part_of_a_millisecond_is_rounded_down() {
        let one_and_a_half = Duration::from_micros(1500);
        let after = SystemTime::UNIX_EPOCH + one_and_a_half;
        let before = SystemTime::UNIX_EPOCH - one_and_a_half;
        assert_eq!(UnixMillis::try_from(after), Ok(UnixMillis::new(1)));
        assert_eq!(UnixMillis::try_from(before), Ok(UnixMillis::new(-2)));
    }

    #[test]
    fn a_time_that_is_too_far_away_is_rejected() {
        let far = Duration::from_secs(i64::MAX.unsigned_abs() / 2);
        let far =
            [SystemTime::UNIX_EPOCH.checked_add(far), SystemTime::UNIX_EPOCH.checked_sub(far)];
        for time in far.map(Option::unwrap) {
            let error = UnixMillis::try_from(time).unwrap_err().to_string();
            assert!(error.contains("292 million years"), "{error}");
        }
    }
}
