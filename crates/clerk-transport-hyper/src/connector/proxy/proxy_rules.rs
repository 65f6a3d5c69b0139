use clerk_core::{
    ConfigError,
    http::{Uri, uri::Scheme},
};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::proxy_url::is_proxy_url;
use crate::connector::proxy_variables::ProxyVariables;

/// The rules that select the proxy for a host.
pub(crate) struct ProxyRules(Matcher);

impl ProxyRules {
    /// Returns the rules by which every host is reached directly.
    fn direct() -> Self {
        Self(Matcher::builder().build())
    }

    /// Creates the rules that environment variables describe.
    ///
    /// hyper-util's own reader ignores a variable that it cannot use; connections would then bypass
    /// the proxy without a word.
    pub(crate) fn new(variables: Option<&ProxyVariables>) -> Result<Self, ConfigError> {
        let Some(variables) = variables else { return Ok(Self::direct()) };
        let proxy = &variables.proxy;
        let rules = Self(Matcher::builder().https(proxy.clone()).build());
        let is_usable = rules.proxy_for(&Uri::from_static("https://api.clerk.com")).is_some();
        if !is_usable || !is_proxy_url(proxy) {
            let reason = "not a supported proxy URL; expected something like \
                http://proxy.example.com:8080 (or https, socks5, socks5h, socks4, socks4a)";
            return Err(ConfigError::new(variables.name, reason));
        }
        if variables.exempt_all() {
            return Ok(Self::direct());
        }
        // To hyper-util, an asterisk alone stands for all names.
        let exempt: Vec<_> =
            variables.exempt().map(normalized).filter(|host| *host != "*").collect();
        Ok(Self(Matcher::builder().https(proxy.clone()).no(exempt.join(",")).build()))
    }

    /// Returns the proxy for a target, or `None` if it is reached directly.
    ///
    /// A proxy could read requests to an http target, which is this machine or one that the caller
    /// declared safe, so these never go through a proxy.
    pub(crate) fn proxy_for(&self, target: &Uri) -> Option<Intercept> {
        if target.scheme() != Some(&Scheme::HTTPS) {
            return None;
        }
        let without_dot = target.host().and_then(|host| host.strip_suffix('.')).and_then(|host| {
            let target = Uri::builder().scheme(Scheme::HTTPS).authority(host);
            target.path_and_query("/").build().ok()
        });
        self.0.intercept(without_dot.as_ref().unwrap_or(target))
    }
}

/// Removes what makes two names of a host differ: the dot at the end of a fully qualified name, and
/// the brackets of an IPv6 address.
fn normalized(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, ProxyRules, ProxyVariables, Uri};

    fn rules(set: &[(&str, &str)]) -> Result<ProxyRules, ConfigError> {
        let variables = ProxyVariables::read(|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        });
        ProxyRules::new(variables.as_ref())
    }

    fn proxy_for(target: &str, set: &[(&str, &str)]) -> Option<String> {
        let rules = rules(set).unwrap();
        rules.proxy_for(&target.parse().unwrap()).map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn an_unusable_proxy_is_refused_without_being_quoted() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            for value in
                ["ftp://canary:1", "socks://canary", "htp://canary", "://canary", "http://canary:"]
            {
                let refusal = rules(&[(name, value)]).err().unwrap();
                assert_eq!(refusal.setting(), name);
                assert!(!refusal.to_string().contains("canary"), "{refusal}");
            }
        }
    }

    #[test]
    fn the_first_nonempty_variable_is_used() {
        let proxy = |set: &[(&str, &str)]| proxy_for("https://api.clerk.com/v1", set);
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
        // A web server sets `REQUEST_METHOD` for CGI programs, which need the proxy as well.
        assert_eq!(
            proxy(&[("HTTPS_PROXY", "http://a"), ("REQUEST_METHOD", "GET")]).unwrap(),
            "http://a/"
        );
    }

    #[test]
    fn https_goes_through_its_proxy() {
        let set = [("HTTPS_PROXY", "http://user:secret@proxy:8080")];
        assert_eq!(proxy_for("https://api.clerk.com/v1", &set).unwrap(), "http://proxy:8080/");
    }

    #[test]
    fn http_never_goes_through_a_proxy() {
        let set = [("ALL_PROXY", "http://proxy:8080")];
        assert_eq!(proxy_for("http://127.0.0.1:1/v1", &set), None);
        assert_eq!(proxy_for("http://api.example.com/v1", &set), None);
        assert!(proxy_for("https://api.example.com/v1", &set).is_some());
    }

    #[test]
    fn without_rules_every_host_is_reached_directly() {
        let target = Uri::from_static("https://api.clerk.com/v1");
        assert!(ProxyRules::direct().proxy_for(&target).is_none());
    }

    #[test]
    fn exempt_hosts_are_reached_directly() {
        for (no_proxy, target, is_exempt) in [
            ("*", "api.clerk.test", true),
            ("*", "127.0.0.1", true),
            ("*", "[::1]", true),
            ("other.test, *", "127.0.0.1", true),
            ("api.clerk.test", "api.clerk.test", true),
            ("api.clerk.test", "api.clerk.test.", true),
            ("api.clerk.test.", "api.clerk.test", true),
            ("api.clerk.test.", "api.clerk.test.:8443", true),
            ("API.Clerk.Test", "api.clerk.test", true),
            (".clerk.test.", "api.clerk.test", true),
            ("clerk.test", "api.clerk.test.", true),
            ("a.test b.test", "b.test", true),
            ("a.test\n*", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.1:8443", true),
            ("127.0.0.0/8", "127.0.0.1", true),
            ("[::1]", "[::1]:8443", true),
            ("::1", "[::1]", true),
            ("[::1].", "[::1]", true),
            ("127.0.0.1.", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.1.", true),
            ("fd00::/8", "[fd00::1]:8443", true),
            ("\t,other.test,\r\napi.clerk.test", "api.clerk.test", true),
            ("*.,*", "api.clerk.test", true),
            ("", "api.clerk.test", false),
            (".", "api.clerk.test.", false),
            (",,", "127.0.0.1", false),
            ("clerk.test", "notclerk.test", false),
            ("api.clerk.test", "clerk.test", false),
            ("127.0.0.1", "127.0.0.2", false),
            ("**", "api.clerk.test", false),
            ("*.", "api.clerk.test", false),
            ("[*]", "api.clerk.test", false),
            // Only an asterisk alone stands for all hosts, as in curl.
            ("*.", "127.0.0.1", false),
            ("[*].", "api.clerk.test", false),
            ("[*.]", "api.clerk.test", false),
            ("*.clerk.test", "api.clerk.test", false),
            ("*.*", "api.clerk.test", false),
            ("..", "api.clerk.test", false),
            ("[", "api.clerk.test", false),
            ("]", "[::1]", false),
            ("[]", "[::1]", false),
            ("api.clerk.test:443", "api.clerk.test", false),
            ("https://api.clerk.test", "api.clerk.test", false),
            ("127.0.0.1:443", "127.0.0.1", false),
            ("127.0.0.0/33", "127.0.0.1", false),
            ("127.0.0.0/", "127.0.0.1", false),
            ("127.0.0", "127.0.0.1", false),
            ("::ffff:127.0.0.1", "127.0.0.1", false),
            ("api.clerk.test;other.test", "api.clerk.test", false),
        ] {
            let set = [("HTTPS_PROXY", "http://proxy"), ("NO_PROXY", no_proxy)];
            let proxy = proxy_for(&format!("https://{target}/v1"), &set);
            assert_eq!(proxy.is_none(), is_exempt, "{no_proxy:?} {target}: {proxy:?}");
        }
    }
}
