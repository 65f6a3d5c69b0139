use std::ffi::OsString;

use clerk_core::{ConfigError, http::Uri};
use hyper_util::client::proxy::matcher::Matcher;

/// The variables that name the proxy for https. The first that is set and not empty counts.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variables that list the hosts to reach directly.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Reads the proxy settings from environment variables.
///
/// hyper-util's own reader ignores a variable that it cannot use; connections would then bypass the
/// proxy without a word.
pub(crate) fn proxies(get: impl Fn(&str) -> Option<OsString>) -> Result<Matcher, ConfigError> {
    let first_set = |names: &[&'static str]| {
        names.iter().find_map(|name| {
            let value = get(name).filter(|value| !value.is_empty())?;
            Some((*name, value.to_string_lossy().into_owned()))
        })
    };
    let Some((name, proxy)) = first_set(&PROXY) else {
        return Ok(Matcher::builder().build());
    };
    let without_exceptions = Matcher::builder().https(proxy.clone()).build();
    if without_exceptions.intercept(&Uri::from_static("https://api.clerk.com")).is_none() {
        let reason = "not a supported proxy URL; expected something like \
            http://proxy.example.com:8080 (or https, socks5, socks5h, socks4, socks4a)";
        return Err(ConfigError::new(name, reason));
    }
    let no_proxy = first_set(&NO_PROXY).map(|(_, hosts)| hosts).unwrap_or_default();
    Ok(Matcher::builder().https(proxy).no(no_proxy).build())
}

#[cfg(test)]
mod tests {
    use super::{Matcher, OsString, Uri, proxies};

    /// Returns a lookup among these variables.
    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
    }

    fn proxy_for_clerk(proxies: &Matcher) -> Option<String> {
        let intercept = proxies.intercept(&Uri::from_static("https://api.clerk.com/v1"));
        intercept.map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn an_unusable_proxy_is_refused_without_being_quoted() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let check = |value| proxies(variables(&[(name, value)]));
            for value in [
                "",
                "http://proxy:1",
                "proxy:1",
                "https://u:p@proxy",
                "socks5://p:1",
                "socks5h://p",
                "socks4a://p",
            ] {
                assert!(check(value).is_ok(), "{value}");
            }
            for value in ["ftp://canary:1", "socks://canary", "htp://canary", "://canary"] {
                let refusal = check(value).expect_err(value);
                assert_eq!(refusal.setting(), name);
                assert!(!refusal.to_string().contains("canary"), "{refusal}");
            }
        }
    }

    #[test]
    fn the_first_variable_that_is_not_empty_counts() {
        let proxy = |set: &[(&str, &str)]| proxy_for_clerk(&proxies(variables(set)).unwrap());
        assert_eq!(proxy(&[]), None);
        assert_eq!(
            proxy(&[("HTTPS_PROXY", ""), ("https_proxy", "http://b")]).unwrap(),
            "http://b/"
        );
        assert_eq!(
            proxy(&[("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "ftp://b")]).unwrap(),
            "http://a/"
        );
        assert_eq!(
            proxy(&[("all_proxy", "http://c"), ("NO_PROXY", "other.com")]).unwrap(),
            "http://c/"
        );
        assert_eq!(proxy(&[("all_proxy", "http://c"), ("no_proxy", "clerk.com")]), None);
        // A web server sets it for the programs that it runs, and they need the proxy as well.
        assert_eq!(
            proxy(&[("HTTPS_PROXY", "http://a"), ("REQUEST_METHOD", "GET")]).unwrap(),
            "http://a/"
        );
    }
}
