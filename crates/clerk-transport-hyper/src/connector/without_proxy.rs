//! What replaces `proxy` if that feature is disabled.

use std::{error::Error as StdError, time::Duration};

use clerk_core::ConfigError;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use rustls::ClientConfig;

use super::{proxy_variables::ProxyVariables, tcp::TcpConnector};

/// Returns a connector that reaches every host directly.
///
/// # Errors
///
/// [`ConfigError`] if the environment names a proxy: whoever did so wants no direct connections.
pub(super) fn direct_or_proxied(
    variables: Option<&ProxyVariables>,
    _: &ClientConfig,
    connect_timeout: Duration,
) -> Result<TcpConnector, ConfigError> {
    match variables {
        Some(variables) if !variables.exempt_all() => Err(ConfigError::new(
            variables.name,
            "set, but the feature `proxy` is disabled; enable it, or call `no_proxy`",
        )),
        _ => Ok(TcpConnector::new(GaiResolver::new(), connect_timeout)),
    }
}

/// Returns `false`: there is no proxy that could refuse credentials.
pub(super) fn are_credentials_refused(_: &(dyn StdError + 'static)) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, sync::Arc};

    use rustls::{RootCertStore, crypto::ring};

    use super::{ClientConfig, Duration, ProxyVariables, direct_or_proxied};

    /// Returns the error for these variables, if they are refused.
    fn refusal(set: &[(&str, &str)]) -> Option<String> {
        let get = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let tls_config = builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let connector = direct_or_proxied(
            ProxyVariables::read(get).as_ref(),
            &tls_config,
            Duration::from_secs(1),
        );
        connector.err().map(|error| error.to_string())
    }

    #[test]
    fn a_proxy_in_the_environment_is_refused_without_being_quoted() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let refusal = refusal(&[(name, "http://canary:1"), ("NO_PROXY", "canary")]).unwrap();
            assert!(refusal.starts_with(&format!("invalid setting {name}: set, but")), "{refusal}");
            assert!(!refusal.contains("canary"), "{refusal}");
        }
    }

    #[test]
    fn an_environment_without_a_proxy_for_any_host_is_accepted() {
        let proxy = ("HTTPS_PROXY", "http://proxy");
        for set in [&[][..], &[("HTTPS_PROXY", "")], &[proxy, ("NO_PROXY", "other.com, *")]] {
            assert_eq!(refusal(set), None, "{set:?}");
        }
    }
}
