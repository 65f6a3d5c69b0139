use std::{fmt, net::IpAddr};

use http::{
    Uri,
    uri::{Authority, Parts, PathAndQuery, Scheme},
};

use crate::error::ConfigError;

/// The URL to which the paths of all operations are appended, version segment included:
/// `https://api.clerk.com/v1`.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a trailing slash.
    path: Box<str>,
    /// The host and the port, for error messages.
    host_and_port: Box<str>,
}

/// Where the secret key may travel unencrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    #[default]
    LoopbackOnly,
    Anywhere,
}

/// A limit that leaves room for the longest path within the length limit of a URI.
const MAX_LEN: usize = 2048;

impl BaseUrl {
    /// Checks a base URL, which includes the version segment, like `https://api.clerk.com/v1`.
    pub(crate) fn new(base_url: &str, plain_http: PlainHttp) -> Result<Self, ConfigError> {
        let reject = |reason: &'static str| Err(ConfigError::new("base_url", reason));
        let base = base_url.trim_end_matches('/');
        if base.len() > MAX_LEN {
            return reject("must not be longer than 2048 bytes");
        }
        if base.contains('?') {
            return reject("must not have a query");
        }
        if base.contains('#') {
            return reject("must not have a fragment");
        }
        if base.contains('\\') {
            return reject("must not contain a backslash");
        }
        let Ok(uri) = format!("{base}/").parse::<Uri>() else {
            return reject("not a valid URL; expected something like https://api.clerk.com/v1");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return reject("must be absolute, like https://api.clerk.com/v1");
        };
        if authority.as_str().contains('@') {
            return reject("must not contain a user name or password");
        }
        if authority.host().is_empty() {
            return reject("must have a host");
        }
        if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
            return reject("invalid port; must be a number from 1 to 65535");
        }
        if *scheme == Scheme::HTTP {
            if plain_http == PlainHttp::LoopbackOnly && !is_loopback(authority.host()) {
                return reject(
                    "http would send the secret key unencrypted; use https, or call \
                     `allow_insecure_http` on the builder",
                );
            }
        } else if *scheme != Scheme::HTTPS {
            return reject("scheme must be https (or http to this machine)");
        }
        Ok(Self::from_parts(scheme, authority, uri.path()))
    }

    fn from_parts(scheme: &Scheme, authority: &Authority, path: &str) -> Self {
        let default_port = if *scheme == Scheme::HTTP { 80 } else { 443 };
        let port = authority.port_u16().unwrap_or(default_port);
        Self {
            scheme: scheme.clone(),
            authority: authority.clone(),
            path: path.trim_end_matches('/').into(),
            host_and_port: format!("{}:{port}", authority.host()).into(),
        }
    }

    /// Returns the host and the port, like `api.clerk.com:443`.
    pub(crate) fn host_and_port(&self) -> &str {
        &self.host_and_port
    }

    /// Returns the URI of `path`, which begins with a slash, below the base URL.
    pub(crate) fn join(&self, path: &str) -> Uri {
        // `concat` makes one string of the exact size, which becomes a URI without being copied.
        let whole = [&*self.path, path].concat();
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = PathAndQuery::try_from(whole).ok();
        #[expect(
            clippy::expect_used,
            reason = "the base URL is bounded, and no id can leave its path segment"
        )]
        Uri::from_parts(parts).expect("a scheme, an authority and a path")
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        let authority = Authority::from_static("api.clerk.com");
        Self::from_parts(&Scheme::HTTPS, &authority, "/v1")
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, PlainHttp};

    /// Returns the URI of `/x` below a base URL.
    fn joined(base_url: &str) -> Result<String, String> {
        BaseUrl::new(base_url, PlainHttp::LoopbackOnly)
            .map(|base_url| base_url.join("/x").to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_is_clerk() {
        assert_eq!(BaseUrl::default().join("/x"), "https://api.clerk.com/v1/x");
        assert_eq!(joined("https://api.clerk.com/v1").unwrap(), "https://api.clerk.com/v1/x");
    }

    #[test]
    fn the_port_is_always_named_in_messages() {
        for (base_url, host_and_port) in [
            ("https://h/v1", "h:443"),
            ("http://localhost", "localhost:80"),
            ("http://[::1]:8080/v1", "[::1]:8080"),
        ] {
            let base_url = BaseUrl::new(base_url, PlainHttp::LoopbackOnly).unwrap();
            assert_eq!(base_url.host_and_port(), host_and_port);
        }
    }

    #[test]
    fn the_longest_id_fits_below_the_longest_base_url() {
        let base_url = format!("https://h/{}", "p".repeat(2048 - 10));
        let longest = BaseUrl::new(&base_url, PlainHttp::LoopbackOnly).unwrap();
        let path = format!("/actor_tokens/{}/revoke", "x".repeat(255));
        assert_eq!(longest.join(&path), format!("{base_url}{path}").as_str());
        assert!(joined(&format!("{base_url}p")).unwrap_err().contains("longer than"));
    }

    #[test]
    fn trailing_slashes_are_dropped() {
        for base_url in ["https://h/v1", "https://h/v1/", "https://h/v1//"] {
            assert_eq!(joined(base_url).unwrap(), "https://h/v1/x");
        }
        assert_eq!(joined("https://h").unwrap(), "https://h/x");
    }

    #[test]
    fn http_is_for_loopback_only() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:8080"]
        {
            assert!(joined(&format!("http://{host}/v1")).is_ok(), "{host}");
        }
        for host in [
            "api.clerk.com",
            "10.0.0.1",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "[::2]",
            "0.0.0.0",
            "127.1",
        ] {
            assert!(
                joined(&format!("http://{host}/v1")).unwrap_err().contains("unencrypted"),
                "{host}"
            );
            assert!(
                BaseUrl::new(&format!("http://{host}/v1"), PlainHttp::Anywhere).is_ok(),
                "{host}"
            );
        }
    }

    #[test]
    fn invalid_base_urls_are_rejected_without_being_quoted() {
        for (base_url, reason) in [
            ("", "absolute"),
            ("canary", "not a valid URL"),
            ("/v1/canary", "absolute"),
            ("https://", "not a valid URL"),
            ("https://:443/canary", "must have a host"),
            ("https://user:canary@h/v1", "user name"),
            ("https://canary@h/v1", "user name"),
            ("https://h/v1?canary", "query"),
            ("https://h/v1#canary", "fragment"),
            ("https://h\\canary", "backslash"),
            ("https://h /canary", "not a valid URL"),
            ("https://h/can\nary", "not a valid URL"),
            ("https://canary:99999/v1", "port"),
            ("https://canary:/v1", "port"),
            ("ftp://canary/v1", "scheme"),
            ("file:///canary", "not a valid URL"),
            ("wss://canary/v1", "scheme"),
        ] {
            let error = joined(base_url).expect_err(base_url);
            assert!(error.contains(reason), "{base_url}: {error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
