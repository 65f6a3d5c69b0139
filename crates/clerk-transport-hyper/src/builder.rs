use std::{fmt, sync::Arc, time::Duration};

use clerk_core::{ConfigError, http::Uri};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use rustls::ClientConfig;
use tower_service::Service;

use crate::{
    HyperTransport,
    connector::{BoxError, Connect, Proxies, default_connector},
    limits::Limits,
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
    proxies: Proxies,
    connector: Option<Arc<dyn Connect>>,
}

impl HyperTransportBuilder {
    pub(crate) fn new() -> Self {
        Self {
            limits: Limits::default(),
            tls_config: None,
            proxies: Proxies::Environment,
            connector: None,
        }
    }

    /// Sets how long it may take to connect, TLS and the way through a proxy included; 5 s by
    /// default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// Sets for how long a connection that nobody uses may still carry a call; 4 s by default, zero
    /// for never.
    ///
    /// A server closes idle connections when it likes, often after five seconds. A create that
    /// meets such a close on the way may have been read or not: nobody can tell. So a longer
    /// time saves handshakes and costs ambiguous creates.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = timeout;
        self
    }

    /// Sets how large the body of an answer may be; 1 MiB by default. More is
    /// `TransportErrorKind::TooLarge`.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_response_bytes = bytes;
        self
    }

    /// Takes a TLS configuration of yours: other roots, client certificates, other cryptography.
    ///
    /// It takes the place of the roots that the features give. The protocols that it offers by ALPN
    /// are replaced by those that this transport speaks. Make it with the `rustls` that is
    /// re-exported here, and with a provider named, as below: where two are on in a program,
    /// `ClientConfig::builder()` panics.
    ///
    /// ```
    /// # #[cfg(feature = "ring")] {
    /// use std::sync::Arc;
    /// use clerk_transport_hyper::{HyperTransport, rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider}};
    ///
    /// let mut roots = RootCertStore::empty();
    /// // roots.add(CertificateDer::from_pem_file("ca.pem")?)?; with rustls::pki_types::{CertificateDer, pem::PemObject}
    /// let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
    ///     .with_safe_default_protocol_versions()?
    ///     .with_root_certificates(roots)
    ///     .with_no_client_auth();
    /// let transport = HyperTransport::builder().tls_config(config).build()?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tls_config(mut self, config: ClientConfig) -> Self {
        self.tls_config = Some(config);
        self
    }

    /// Goes straight to every host, whatever the environment says.
    ///
    /// By default `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in small letters) are read once,
    /// when the transport is built: of those that are not empty, the first counts. They name HTTP proxies (`http://`, `https://`) and SOCKS proxies (`socks5h://`
    /// and `socks4a://`, which look up the host themselves, `socks5://` and `socks4://`, for which
    /// it is looked up here), with a user name and password if there is one (SOCKS4 takes
    /// none). Only https goes through a proxy, inside a tunnel, so the secret key never reaches it
    /// in clear; an http target is always connected to straight. A variable that names no such
    /// proxy is an error, lest a slip of the pen lead around the proxy.
    pub fn no_proxy(mut self) -> Self {
        self.proxies = Proxies::None;
        self
    }

    /// Takes a connector of yours, in place of TCP, TLS and proxies: for a Unix socket, say, or
    /// another TLS library.
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
    /// [`ConfigError`] if the connect timeout is zero, a variable of the environment names a proxy
    /// that cannot be used, or TLS cannot be set up: no roots on this system, or no features
    /// for it.
    pub fn build(self) -> Result<HyperTransport, ConfigError> {
        if self.limits.connect_timeout.is_zero() {
            return Err(ConfigError::new("connect_timeout", "it must be longer than zero"));
        }
        let connector = match self.connector {
            Some(connector) => connector,
            None => default_connector(self.tls_config, self.proxies)?,
        };
        Ok(HyperTransport::with(connector, self.limits))
    }
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("limits", &self.limits)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
