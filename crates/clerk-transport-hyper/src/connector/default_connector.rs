use std::{env, sync::Arc, time::Duration};

use clerk_core::ConfigError;
use hyper_rustls::HttpsConnector;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::ClientConfig;

use super::{Connect, proxy::ProxyConnector, proxy_env, tls};

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
    let proxies = match proxies {
        Proxies::Environment => proxy_env::proxies(|name| env::var_os(name))?,
        Proxies::None => Matcher::builder().build(),
    };
    let tls_config = tls_config.map_or_else(tls::default_config, Ok)?;
    let connector = ProxyConnector::new(proxies, tls_config.clone(), connect_timeout);
    Ok(Arc::new(HttpsConnector::from((connector, tls::offer_http2(tls_config)))))
}
