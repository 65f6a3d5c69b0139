use std::{fmt, sync::Arc, time::Duration};

use clerk_core::{ConfigError, http::Uri};
use hyper::rt::{Read, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use rustls::ClientConfig;
use tower_service::Service;

use crate::{
    HyperTransport,
    connect::{BoxError, Connect},
    hyper_transport::Limits,
    tls,
};

/// Sets up a [`HyperTransport`]. Nothing is checked before [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use clerk_transport_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder().connect_timeout(Duration::from_secs(2)).max_response_bytes(64 * 1024).build()?;
/// assert!(HyperTransport::builder().connect_timeout(Duration::ZERO).build().is_err());
/// # Ok::<(), clerk_core::ConfigError>(())
/// ```
#[must_use]
pub struct HyperTransportBuilder {
    limits: Limits,
    tls_config: Option<ClientConfig>,
    connector: Option<Arc<dyn Connect>>,
}

impl HyperTransportBuilder {
    pub(crate) fn new() -> Self {
        Self { limits: Limits::default(), tls_config: None, connector: None }
    }

    /// Sets how long it may take to connect, TLS and the way through a proxy included; 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// Sets for how long a connection that nobody uses may still carry a call; 4 s by default, zero for never.
    ///
    /// A server closes idle connections when it likes, often after five seconds. A create that meets such a close on the way
    /// may have been read or not: nobody can tell. So a longer time saves handshakes and costs ambiguous creates.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = timeout;
        self
    }

    /// Sets how large the body of an answer may be; 1 MiB by default. More is `TransportErrorKind::TooLarge`.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_response_bytes = bytes;
        self
    }

    /// Takes a TLS configuration of yours: other roots, client certificates, other cryptography.
    ///
    /// The protocols that it offers by ALPN are replaced by those that this transport speaks.
    pub fn tls_config(mut self, config: ClientConfig) -> Self {
        self.tls_config = Some(config);
        self
    }

    /// Takes a connector of yours, in place of TCP, TLS and proxies: for a Unix socket, say, or another TLS library.
    ///
    /// HTTP/2 is spoken where its connections say that it was negotiated, HTTP/1.1 otherwise.
    pub fn connector<C>(mut self, connector: C) -> Self
    where
        C: Service<Uri> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError>,
    {
        self.connector = Some(Arc::new(connector));
        self
    }

    /// Checks all settings and makes the transport.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the connect timeout is zero, or TLS cannot be set up: no roots on this system, or no features for it.
    pub fn build(self) -> Result<HyperTransport, ConfigError> {
        if self.limits.connect_timeout.is_zero() {
            return Err(ConfigError::new("connect_timeout", "it must be longer than zero"));
        }
        let connector = match self.connector {
            Some(connector) => connector,
            None => default_connector(self.tls_config.map_or_else(tls::default_config, Ok)?),
        };
        Ok(HyperTransport::with(connector, self.limits))
    }
}

fn default_connector(config: ClientConfig) -> Arc<dyn Connect> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    Arc::new(HttpsConnector::from((tcp, tls::offer_http2(config))))
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}
