use std::{env, sync::Arc, time::Duration};

use clerk_core::ConfigError;
use hyper_rustls::HttpsConnector;
use rustls::ClientConfig;

use super::{Connect, direct_or_proxied, proxy_variables::ProxyVariables, tls};

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
    let variables = match proxies {
        Proxies::Environment => ProxyVariables::read(|name| env::var_os(name)),
        Proxies::None => None,
    };
    let tls_config = tls_config.map_or_else(tls::default_config, Ok)?;
    let connector = direct_or_proxied(variables.as_ref(), &tls_config, connect_timeout)?;
    Ok(Arc::new(HttpsConnector::from((connector, tls::offer_protocols(tls_config)))))
}
