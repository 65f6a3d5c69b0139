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

/// A builder for [`HyperTransport`]. Settings are checked by [`build`](Self::build).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_transport_hyper::HyperTransport;
///
/// let builder = HyperTransport::builder().max_response_bytes(64 * 1024);
/// let transport = builder.connect_timeout(Duration::from_secs(2)).build()?;
///
/// let builder = HyperTransport::builder().connect_timeout(Duration::ZERO);
/// assert_eq!(builder.build().unwrap_err().setting(), "connect_timeout");
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

    /// Sets how long connecting may take, including TLS and any proxy. The default is 5 s.
    ///
    /// If a host has several addresses, IPv6 and IPv4 race each other, and the addresses of each
    /// share the timeout evenly.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// Sets how long a connection may be idle before it is closed. The default is 4 s; zero
    /// disables reuse.
    ///
    /// A server may shorten it: with `Keep-Alive: timeout=3`, a connection is closed after 2 s. At
    /// most 1,000 idle connections are kept.
    ///
    /// Servers close idle connections as they see fit, often after five seconds. If such a close
    /// crosses a create on its way, nobody can tell whether the server read the create. A longer
    /// timeout saves handshakes at the price of more ambiguous creates.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = timeout;
        self
    }

    /// Sets the maximum size of a response body. The default is 1 MiB. A larger body fails with
    /// [`TransportErrorKind::TooLarge`].
    ///
    /// [`TransportErrorKind::TooLarge`]: clerk_core::TransportErrorKind::TooLarge
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_response_bytes = bytes;
        self
    }

    /// Sets the TLS configuration, for other roots, client certificates or another provider.
    ///
    /// It replaces the roots and the provider that the crate's features select. Its ALPN protocols
    /// are overwritten with those that this transport speaks. Create it with the re-exported
    /// [`rustls`](crate::rustls), and name the provider as below: `ClientConfig::builder()` panics
    /// in a program that has two.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "ring")] {
    /// use std::sync::Arc;
    ///
    /// use clerk_transport_hyper::{
    ///     HyperTransport,
    ///     rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider},
    /// };
    ///
    /// let mut roots = RootCertStore::empty();
    /// // With `rustls::pki_types::{CertificateDer, pem::PemObject}`:
    /// // roots.add(CertificateDer::from_pem_file("ca.pem")?)?;
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

    /// Connects to every host directly, whatever the environment says.
    ///
    /// By default, the environment is read once, in [`build`](Self::build). The proxy is the first
    /// of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and `all_proxy` that is set and not empty. HTTP
    /// proxies (`http://`, `https://`) and SOCKS proxies are supported: those at `socks5h://` and
    /// `socks4a://` resolve the host themselves; for those at `socks5://` and `socks4://`, it is
    /// resolved locally. The URL may include a user name and a password, percent-encoded, which
    /// SOCKS4 ignores. A value that is not the whole URL of such a proxy is an error, so that a
    /// typo cannot bypass the proxy. A proxy that refuses the credentials is asked once per call:
    /// the call fails with [`TransportErrorKind::Config`].
    ///
    /// `NO_PROXY` or `no_proxy` lists the hosts to connect to directly: domains, which include
    /// their subdomains, IP addresses and networks such as `10.0.0.0/8`; `*` stands for all hosts.
    ///
    /// [`TransportErrorKind::Config`]: clerk_core::TransportErrorKind::Config
    ///
    /// Only https goes through a proxy, in a tunnel, so the proxy never sees the secret key.
    /// Connections for http are always direct.
    ///
    /// Without the feature `proxy`, no proxy is supported: one that the environment names is an
    /// error, unless `NO_PROXY` contains `*`.
    pub fn no_proxy(mut self) -> Self {
        self.proxies = Proxies::None;
        self
    }

    /// Replaces TCP, TLS and proxies with a connector of your own, such as one for a Unix socket or
    /// another TLS library.
    ///
    /// HTTP/2 is spoken on connections that report having negotiated it, HTTP/1.1 on all others.
    /// Without the feature `http2`, the former fail with [`TransportErrorKind::Config`].
    ///
    /// [`TransportErrorKind::Config`]: clerk_core::TransportErrorKind::Config
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

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the connect timeout is zero, an environment variable names an unsupported
    /// proxy (without the feature `proxy`: any), or there is no TLS configuration: the system has
    /// no root certificates, or the crate's features for TLS are disabled.
    pub fn build(self) -> Result<HyperTransport, ConfigError> {
        if self.limits.connect_timeout.is_zero() {
            return Err(ConfigError::new("connect_timeout", "must be longer than zero"));
        }
        let connector = match self.connector {
            Some(connector) => connector,
            None => default_connector(self.tls_config, self.proxies, self.limits.connect_timeout)?,
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
