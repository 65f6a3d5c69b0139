use std::net::IpAddr;

use http::{Uri, uri::Scheme};

use crate::{
    domain::{ActorTokenId, InvalidInput},
    error::ConfigError,
};

/// Knows where the two operations are: `POST {base}/actor_tokens` and `POST
/// {base}/actor_tokens/{id}/revoke`.
#[derive(Debug)]
pub(crate) struct Endpoints {
    create: Uri,
}

/// Whether the key may travel in clear to a host that is not this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    #[default]
    LoopbackOnly,
    Anywhere,
}

/// Leaves room for the longest id below what a URI may measure.
const LONGEST: usize = 2048;

impl Endpoints {
    /// Checks a base URL, which includes the path segment of the version, like `https://api.clerk.com/v1`.
    pub(crate) fn new(base_url: &str, plain_http: PlainHttp) -> Result<Self, ConfigError> {
        let refuse = |reason: &'static str| Err(ConfigError::new("base_url", reason));
        let base = base_url.trim_end_matches('/');
        if base.len() > LONGEST {
            return refuse("it is too long");
        }
        if base.contains('?') {
            return refuse("it must have no query");
        }
        if base.contains('#') {
            return refuse("it must have no fragment");
        }
        if base.contains('\\') {
            return refuse("it must have no backslash");
        }
        let Ok(create) = format!("{base}/actor_tokens").parse::<Uri>() else {
            return refuse("it is no URL; one looks like https://api.clerk.com/v1");
        };
        let Some(authority) = create.authority() else {
            return refuse("it must be absolute, like https://api.clerk.com/v1");
        };
        if authority.as_str().contains('@') {
            return refuse("it must have no user name or password");
        }
        if authority.host().is_empty() {
            return refuse("it has no host");
        }
        if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
            return refuse("its port is no number from 1 to 65535");
        }
        let scheme = create.scheme();
        if scheme == Some(&Scheme::HTTP) {
            if plain_http == PlainHttp::LoopbackOnly && !is_loopback(authority.host()) {
                return refuse(
                    "http would send the secret key in clear; use https, or a builder's allow_insecure_http()",
                );
            }
        } else if scheme != Some(&Scheme::HTTPS) {
            return refuse("its scheme must be https (or http to this machine)");
        }
        Ok(Self { create })
    }

    pub(crate) fn create(&self) -> Uri {
        self.create.clone()
    }

    pub(crate) fn revoke(&self, id: &ActorTokenId) -> Result<Uri, InvalidInput> {
        // It always fits: the base is bounded and an id cannot leave its segment. So this is an
        // error and not a panic.
        format!("{}/{id}/revoke", self.create).try_into().map_err(|_| {
            InvalidInput::new("actor_token_id", "it makes no URL together with the base URL")
        })
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self { create: Uri::from_static("https://api.clerk.com/v1/actor_tokens") }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Endpoints, PlainHttp};

    fn create(base_url: &str) -> Result<String, String> {
        Endpoints::new(base_url, PlainHttp::LoopbackOnly)
            .map(|endpoints| endpoints.create().to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_is_clerk() {
        let given = Endpoints::new("https://api.clerk.com/v1", PlainHttp::LoopbackOnly).unwrap();
        assert_eq!(Endpoints::default().create(), given.create());
    }

    #[test]
    fn revoke_is_below_create() {
        let uri = Endpoints::default().revoke(&"act_1".parse().unwrap()).unwrap();
        assert_eq!(uri, "https://api.clerk.com/v1/actor_tokens/act_1/revoke");
    }

    #[test]
    fn the_longest_id_fits_below_the_longest_base_url() {
        let base_url = format!("https://h/{}", "p".repeat(2048 - 10));
        let endpoints = Endpoints::new(&base_url, PlainHttp::LoopbackOnly).unwrap();
        assert!(endpoints.revoke(&"x".repeat(255).parse().unwrap()).is_ok());
        assert!(create(&format!("{base_url}p")).unwrap_err().contains("too long"));
    }

    #[test]
    fn trailing_slashes_make_no_empty_segment() {
        for base_url in ["https://h/v1", "https://h/v1/", "https://h/v1//"] {
            assert_eq!(create(base_url).unwrap(), "https://h/v1/actor_tokens");
        }
        assert_eq!(create("https://h").unwrap(), "https://h/actor_tokens");
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:8080"]
        {
            assert!(create(&format!("http://{host}/v1")).is_ok(), "{host}");
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
                create(&format!("http://{host}/v1")).unwrap_err().contains("in clear"),
                "{host}"
            );
            assert!(
                Endpoints::new(&format!("http://{host}/v1"), PlainHttp::Anywhere).is_ok(),
                "{host}"
            );
        }
    }

    #[test]
    fn a_base_url_that_cannot_be_meant_is_refused_without_quoting_it() {
        for (base_url, reason) in [
            ("", "absolute"),
            ("canary", "no URL"),
            ("/v1/canary", "absolute"),
            ("https://", "no URL"),
            ("https://:443/canary", "no host"),
            ("https://user:canary@h/v1", "user name"),
            ("https://canary@h/v1", "user name"),
            ("https://h/v1?canary", "query"),
            ("https://h/v1#canary", "fragment"),
            ("https://h\\canary", "backslash"),
            ("https://h /canary", "no URL"),
            ("https://h/can\nary", "no URL"),
            ("https://canary:99999/v1", "port"),
            ("https://canary:/v1", "port"),
            ("ftp://canary/v1", "scheme"),
            ("file:///canary", "no URL"),
            ("wss://canary/v1", "scheme"),
        ] {
            let refusal = create(base_url).expect_err(base_url);
            assert!(refusal.contains(reason), "{base_url}: {refusal}");
            assert!(!refusal.contains("canary"), "{refusal}");
        }
    }
}
