use std::{env, sync::Arc, time::Duration};

use clerk_core::ConfigError;
use hyper_rustls::HttpsConnector;
use rustls::ClientConfig;

use super::{Connect, proxy::ProxyConnector, proxy_rules::ProxyRules, tls};

/// The source of proxy settings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proxies {
    Environment,
    None,
}

/// Returns the connector of a transport that is given none: TCP, directly or through a proxy, and
/// TLS.
pub(crate) fn default_connector(
    tls_config: Option<ClientConfig>,
    proxies: Proxies,
    connect_timeout: Duration,
) -> Result<Arc<dyn Connect>, ConfigError> {
    let rules = match proxies {
        Proxies::Environment => ProxyRules::from_env(|name| env::var_os(name))?,
        Proxies::None => ProxyRules::direct(),
    };
    let tls_config = tls_config.map_or_else(tls::default_config, Ok)?;
    let connector = ProxyConnector::new(rules, tls_config.clone(), connect_timeout);
    Ok(Arc::new(HttpsConnector::from((connector, tls::offer_http2(tls_config)))))
}
