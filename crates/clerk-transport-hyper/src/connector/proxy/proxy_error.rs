use std::{error::Error as StdError, fmt};

use clerk_core::http::Uri;

use crate::{cause::find_cause, connector::BoxError};

/// A failure to connect through a proxy. It names the proxy, without its credentials.
#[derive(Debug)]
pub(crate) struct ProxyError {
    proxy: String,
    cause: BoxError,
}

impl ProxyError {
    pub(crate) fn new(proxy: &Uri, cause: BoxError) -> Self {
        let host = proxy.host().unwrap_or_default();
        let port = proxy.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self { proxy: format!("{host}{port}"), cause }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not connect through proxy {}", self.proxy)
    }
}

impl StdError for ProxyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.cause)
    }
}

/// Returns `true` if a proxy refused the credentials.
pub(crate) fn are_credentials_refused(error: &(dyn StdError + 'static)) -> bool {
    find_cause::<CredentialsRefused>(error).is_some()
}

/// A proxy's refusal of the credentials, or of a request without any. Another attempt would be
/// refused as well, and might lock the account.
#[derive(Debug)]
pub(crate) struct CredentialsRefused(String);

impl CredentialsRefused {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for CredentialsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for CredentialsRefused {}

#[cfg(test)]
mod tests {
    use super::{ProxyError, StdError as _, Uri};

    #[test]
    fn the_proxy_is_named_without_credentials() {
        for (uri, proxy) in [
            ("http://proxy.example.com:8080/", "proxy.example.com:8080"),
            ("socks5h://[::1]:1080/", "[::1]:1080"),
            ("https://proxy.example.com/", "proxy.example.com"),
            ("http://user:canary@proxy.example.com:8080/", "proxy.example.com:8080"),
        ] {
            let error = ProxyError::new(&Uri::from_static(uri), "the cause".into());
            assert_eq!(error.to_string(), format!("could not connect through proxy {proxy}"));
            assert_eq!(error.source().unwrap().to_string(), "the cause");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }
}
