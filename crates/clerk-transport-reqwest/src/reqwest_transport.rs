use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use clerk_core::{
    ConfigError, HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait,
};
use clerk_transport_tower::TowerTransport;
use reqwest::{ClientBuilder, redirect, retry};

use crate::reqwest_service::ReqwestService;

/// An [`HttpTransport`] on a reqwest client with settings of your own: proxies, certificates, DNS,
/// timeouts.
///
/// It takes a [`ClientBuilder`], not a finished [`Client`](reqwest::Client). A client that exists
/// can no longer be told not to follow redirects, and a 307 that is followed sends a create twice,
/// the second time to whatever host it names. Whatever the builder says, the client
///
/// - follows no redirects, and sends no `Referer`,
/// - does not retry: the core retries what is safe,
/// - does not decompress.
///
/// All other settings are kept. Headers of the builder are sent with every request that has no such
/// header, and cookies if it has a cookie store. reqwest changes some unusual URLs, for example
/// those with `..` in the path: calls to such a base URL fail with
/// [`TransportErrorKind::Config`](clerk_core::TransportErrorKind::Config), and so does an https URL
/// in a program that enables no TLS feature of reqwest.
///
/// Cloning is cheap and shares the connections. Without a tokio runtime, every call fails with
/// `Config`, too. See [`HttpTransport`] for the contract.
///
/// # Cancel safety
///
/// Dropping a call drops the exchange and closes its HTTP/1.1 connection, or resets its HTTP/2
/// stream. What waits to be written to a connection that calls share may still leave.
///
/// # Examples
///
/// A builder as a company may have it, with its own proxy and DNS:
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::{ActorTokens, SecretKey};
/// use clerk_transport_reqwest::{ReqwestTransport, TokioTimer};
///
/// fn client(key: SecretKey) -> Result<ActorTokens, Box<dyn std::error::Error>> {
///     let builder = reqwest::Client::builder()
///         .proxy(reqwest::Proxy::all("http://proxy.corp.example:3128")?)
///         .resolve("api.clerk.com", ([203, 0, 113, 7], 443).into())
///         .connect_timeout(Duration::from_secs(2));
///     Ok(ActorTokens::with_timer(ReqwestTransport::new(builder)?, TokioTimer, key))
/// }
/// ```
///
/// Client certificates are settings of the builder, too, in programs that enable a TLS feature of
/// reqwest: `identity` sets them, and `tls_certs_only` the roots to trust.
///
/// A finished client is refused:
///
/// ```compile_fail,E0308
/// let client = reqwest::Client::new();
/// clerk_transport_reqwest::ReqwestTransport::new(client);
/// ```
#[derive(Clone)]
pub struct ReqwestTransport(TowerTransport<ReqwestService>);

impl ReqwestTransport {
    /// Builds the client and creates the transport.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if reqwest cannot build the client: a setting is invalid, the system has no
    /// root certificates, or its feature `rustls-no-provider` is enabled and no provider is
    /// installed. In the last case reqwest panics, and the panic is caught, unless the program
    /// aborts on panics.
    pub fn new(builder: ClientBuilder) -> Result<Self, ConfigError> {
        let builder = builder
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        match catch_unwind(AssertUnwindSafe(|| builder.build())) {
            Ok(Ok(client)) => Ok(Self(TowerTransport::new(ReqwestService(client)))),
            Ok(Err(error)) => Err(ConfigError::new(SETTING, "reqwest cannot build the client")
                .with_source(error.without_url())),
            Err(_) => Err(ConfigError::new(
                SETTING,
                "reqwest panicked; with its feature `rustls-no-provider`, install a \
                 `CryptoProvider` of rustls first",
            )),
        }
    }

    /// Sets the maximum size of a response body. The default is 1 MiB. A larger body fails with
    /// [`TransportErrorKind::TooLarge`](clerk_core::TransportErrorKind::TooLarge).
    pub fn max_response_bytes(self, bytes: usize) -> Self {
        Self(self.0.max_response_bytes(bytes))
    }
}

/// What a configuration error names: reqwest does not say which of its settings is invalid.
const SETTING: &str = "reqwest::ClientBuilder";

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.send(request).await
    }
}

impl fmt::Debug for ReqwestTransport {
    /// Shows nothing of the client, whose proxies may have passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReqwestTransport").field(&self.0).finish()
    }
}
