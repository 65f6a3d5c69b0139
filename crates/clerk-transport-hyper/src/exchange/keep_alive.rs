use std::time::Duration;

use clerk_core::http::HeaderMap;

/// How much earlier than the server the client gives up a connection: a request must arrive before
/// the server closes it.
const MARGIN: Duration = Duration::from_secs(1);

/// Returns how long a connection may be idle by the `Keep-Alive` headers of a response, such as
/// `timeout=5, max=100`. The shortest wins.
///
/// `max` is ignored: a server that limits the requests announces the last one by
/// `Connection: close`.
pub(super) fn max_idle(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all("keep-alive").iter().filter_map(|value| value.to_str().ok());
    let timeout = values.flat_map(|value| value.split(',')).filter_map(timeout).min()?;
    Some(timeout.saturating_sub(MARGIN))
}

fn timeout(parameter: &str) -> Option<Duration> {
    let (name, value) = parameter.split_once('=')?;
    let seconds = value.trim().trim_matches('"').parse().ok()?;
    name.trim().eq_ignore_ascii_case("timeout").then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use clerk_core::http::HeaderValue;

    use super::{HeaderMap, max_idle};

    #[test]
    fn the_shortest_timeout_wins_less_a_second() {
        for (values, seconds) in [
            (&["timeout=5"][..], Some(4)),
            (&["timeout=2, max=100"], Some(1)),
            (&["max=100,Timeout = 3"], Some(2)),
            (&["timeout=\"2\""], Some(1)),
            (&["timeout=1"], Some(0)),
            (&["timeout=0"], Some(0)),
            (&["timeout=5", "timeout=3", "timeout=9"], Some(2)),
            (&["timeout=5, timeout=3"], Some(2)),
            (&["garbage, timeout=3"], Some(2)),
            (&["timeout=18446744073709551615"], Some(u64::MAX - 1)),
            (&[], None),
            (&[""], None),
            (&["max=0"], None),
            (&["timeout"], None),
            (&["timeout="], None),
            (&["timeout=-1"], None),
            (&["timeout=1.5"], None),
            (&["timeout=18446744073709551616"], None),
            (&["timeouts=1"], None),
            (&["timeout=\u{fc}"], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                headers.append("keep-alive", value);
            }
            assert_eq!(max_idle(&headers).map(|idle| idle.as_secs()), seconds, "{values:?}");
        }
    }
}
