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
    /// Checks a base URL. If its path does not end in a version segment, `version` is appended, or
    /// `v1` if that is `None`.
    pub(crate) fn new(
        base_url: &str,
        version: Option<&str>,
        plain_http: PlainHttp,
    ) -> Result<Self, ConfigError> {
        let reject = |reason: &'static str| Err(ConfigError::new("base_url", reason));
        let base = base_url.trim_end_matches('/');
        let version = version.map(|version| version.trim_matches('/'));
        if version.is_some_and(|version| !is_version(version)) {
            return Err(ConfigError::new("version", "must be `v` and digits, like v1"));
        }
        if base.is_empty() {
            return reject("must not be empty");
        }
        if base.len() + version.map_or(0, str::len) > MAX_LEN {
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
        if !base.contains("://") && !base.starts_with('/') {
            return reject("add a scheme, as in https://api.clerk.com or http://localhost:4000");
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
        if let Err(reason) = check_port(authority) {
            return reject(reason);
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
        let path = uri.path().trim_end_matches('/');
        match path.rsplit('/').next() {
            Some("actor_tokens") => reject("must not end in /actor_tokens, which is appended"),
            Some(segment) if is_version(segment) => match version {
                Some(version) if version != segment => Err(ConfigError::new(
                    "version",
                    "differs from the version that the base URL ends in; leave one of them out",
                )),
                _ => Ok(Self::from_parts(scheme, authority, path)),
            },
            _ => {
                let path = format!("{path}/{}", version.unwrap_or("v1"));
                Ok(Self::from_parts(scheme, authority, &path))
            }
        }
    }

    fn from_parts(scheme: &Scheme, authority: &Authority, path: &str) -> Self {
        let default_port = if *scheme == Scheme::HTTP { 80 } else { 443 };
        let port = authority.port_u16().unwrap_or(default_port);
        Self {
            scheme: scheme.clone(),
            authority: authority.clone(),
            path: path.into(),
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

/// Checks that a host and at most a port make up the whole authority. `http` reads
/// `[::1].example.com` as the host `[::1]`, and `+80` as a port.
fn check_port(authority: &Authority) -> Result<(), &'static str> {
    let after_host = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    if after_host.is_empty() {
        return Ok(());
    }
    let Some(port) = after_host.strip_prefix(':') else {
        return Err("authority must be a host and an optional port");
    };
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(1..) if is_number => Ok(()),
        _ => Err("invalid port; must be a number from 1 to 65535"),
    }
}

/// Returns `true` for the version segment of a path: `v` and digits.
fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, PlainHttp};

    /// Returns the URI of `/x` below a base URL.
    fn joined(base_url: &str) -> Result<String, String> {
        joined_with(base_url, None)
    }

    fn joined_with(base_url: &str, version: Option<&str>) -> Result<String, String> {
        BaseUrl::new(base_url, version, PlainHttp::LoopbackOnly)
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
            let base_url = BaseUrl::new(base_url, None, PlainHttp::LoopbackOnly).unwrap();
            assert_eq!(base_url.host_and_port(), host_and_port);
        }
    }

    #[test]
    fn the_longest_id_fits_below_the_longest_base_url() {
        let base_url = format!("https://h/{}", "p".repeat(2048 - 10));
        let longest = BaseUrl::new(&base_url, None, PlainHttp::LoopbackOnly).unwrap();
        let path = format!("/actor_tokens/{}/revoke", "x".repeat(255));
        assert_eq!(longest.join(&path), format!("{base_url}/v1{path}").as_str());
        assert!(joined(&format!("{base_url}p")).unwrap_err().contains("longer than"));
        let version = format!("v{}", "1".repeat(2048));
        assert!(joined_with("https://h", Some(&version)).unwrap_err().contains("longer than"));
    }

    #[test]
    fn a_version_is_appended_unless_the_path_ends_in_one() {
        for (base_url, path) in [
            ("https://h", "/v1/x"),
            ("https://h/", "/v1/x"),
            ("https://h/v1", "/v1/x"),
            ("https://h/v1//", "/v1/x"),
            ("https://h/v2", "/v2/x"),
            ("https://h/v10", "/v10/x"),
            ("https://h/clerk", "/clerk/v1/x"),
            ("https://h/clerk/v1", "/clerk/v1/x"),
            ("https://h/v", "/v/v1/x"),
            ("https://h/V1", "/V1/v1/x"),
            ("https://h/v1beta", "/v1beta/v1/x"),
        ] {
            assert_eq!(joined(base_url).unwrap(), format!("https://h{path}"), "{base_url}");
        }
    }

    #[test]
    fn a_version_of_its_own_is_appended_instead_of_v1() {
        for (base_url, version, path) in [
            ("https://h", "v2", "/v2/x"),
            ("https://h/", "/v2/", "/v2/x"),
            ("https://h/clerk", "v1", "/clerk/v1/x"),
            ("https://h/v2/", "v2", "/v2/x"),
            ("https://h/v", "v3", "/v/v3/x"),
        ] {
            let uri = joined_with(base_url, Some(version)).unwrap();
            assert_eq!(uri, format!("https://h{path}"), "{base_url} {version}");
        }
    }

    #[test]
    fn a_version_must_not_differ_from_that_of_the_base_url() {
        for (base_url, version) in [("https://h/v1", "v2"), ("https://h/v1/", "v01")] {
            let error = joined_with(base_url, Some(version)).unwrap_err();
            assert_eq!(
                error,
                "invalid setting version: differs from the version that the base URL ends in; \
                 leave one of them out"
            );
        }
    }

    #[test]
    fn a_version_must_be_v_and_digits() {
        for version in [
            "", "/", "v1/../v2", "..", "v1\\x", "v1?x", "v1#x", "v1 x", " v1", "v", "1", "V1",
            "beta",
        ] {
            let error = joined_with("https://h", Some(version)).unwrap_err();
            assert_eq!(error, "invalid setting version: must be `v` and digits, like v1");
        }
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
                BaseUrl::new(&format!("http://{host}/v1"), None, PlainHttp::Anywhere).is_ok(),
                "{host}"
            );
        }
    }

    #[test]
    fn invalid_base_urls_are_rejected_without_being_quoted() {
        for (base_url, reason) in [
            ("", "empty"),
            ("//", "empty"),
            ("canary", "add a scheme"),
            ("canary.example.com/v1", "add a scheme"),
            ("localhost:4000/canary", "add a scheme"),
            ("https://canary/v1/actor_tokens", "actor_tokens"),
            ("https://canary/actor_tokens//", "actor_tokens"),
            ("/v1/canary", "absolute"),
            ("https://", "add a scheme"),
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
            ("https://canary:0/v1", "port"),
            ("https://canary:+443/v1", "port"),
            ("http://127.0.0.1:+80", "port"),
            ("http://[::1]:+80", "port"),
            ("http://[::1].canary.com:80", "optional port"),
            ("http://[::1]canary", "optional port"),
            ("http://[::1].canary.com", "optional port"),
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
