use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

/// Returns how long the server asked clients to wait: the longest of all `Retry-After` headers.
///
/// A header contains seconds or a date, as in RFC 9110, section 10.2.3; invalid ones are ignored. A
/// number of seconds that overflows is [`Duration::MAX`]. A past date is zero, and every date is
/// ignored if `now` is `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|value| parse(value.to_str().ok()?.trim(), now))
        .max()
}

fn parse(value: &str, now: Option<SystemTime>) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};

    use super::retry_after;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    fn read(values: &[&str]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RETRY_AFTER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        retry_after(&headers, Some(now()))
    }

    #[test]
    fn seconds_are_read() {
        assert_eq!(read(&["0"]), Some(Duration::ZERO));
        assert_eq!(read(&[" 120 "]), Some(Duration::from_secs(120)));
        assert_eq!(read(&["007"]), Some(Duration::from_secs(7)));
    }

    #[test]
    fn dates_are_read_in_all_three_forms() {
        for date in [
            "Sun, 06 Nov 1994 08:49:47 GMT",
            "Sunday, 06-Nov-94 08:49:47 GMT",
            "Sun Nov  6 08:49:47 1994",
        ] {
            assert_eq!(read(&[date]), Some(Duration::from_secs(10)), "{date}");
        }
    }

    #[test]
    fn a_past_date_is_zero_and_a_distant_one_is_long() {
        assert_eq!(read(&["Sun, 06 Nov 1994 08:49:36 GMT"]), Some(Duration::ZERO));
        assert!(
            read(&["Fri, 31 Dec 9999 23:59:59 GMT"]).unwrap()
                > Duration::from_secs(200_000_000_000)
        );
    }

    #[test]
    fn dates_are_ignored_without_the_current_time() {
        let headers = HeaderMap::from_iter([(
            RETRY_AFTER,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:47 GMT"),
        )]);
        assert_eq!(retry_after(&headers, None), None);
    }

    #[test]
    fn seconds_that_overflow_are_the_maximum() {
        assert_eq!(read(&[&"9".repeat(30)]), Some(Duration::MAX));
    }

    #[test]
    fn invalid_values_are_ignored() {
        for value in [
            "",
            "inf",
            "nan",
            "NaN",
            "-5",
            "-1",
            "+3",
            "1e308",
            "1.5",
            "soon",
            "0x10",
            "ü",
            "99 bottles",
            "\u{661}",
        ] {
            assert_eq!(read(&[value]), None, "{value}");
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn the_longest_of_several_is_returned() {
        assert_eq!(read(&["3", "soon", "120", "7"]), Some(Duration::from_secs(120)));
    }
}
