use std::{
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use clerk_core::{
    ConfigError,
    http::{Uri, uri::PathAndQuery},
};
use hyper_rustls::HttpsConnector;
use hyper_util::client::{
    legacy::connect::{dns::GaiResolver, proxy::SocksV4},
    proxy::matcher::Intercept,
};
use rustls::ClientConfig;
use tower_service::Service;

use super::{
    proxy_error::ProxyError,
    proxy_rules::ProxyRules,
    resolve::{connect_to_any, resolve},
    socks5::Socks5,
    tunnel::open_tunnel,
};
use crate::connector::{
    BoxError, BoxFuture, Connect, Stream, proxy_variables::ProxyVariables, tcp::TcpConnector,
};

/// A connector that reaches https hosts through their proxy, if they have one, and all other hosts
/// directly.
///
/// A proxy is asked for a tunnel, so it sees the name of the host and TLS, never the secret key.
#[derive(Clone)]
pub(crate) struct ProxyConnector {
    tcp: TcpConnector,
    rules: Arc<ProxyRules>,
    /// For proxies that are themselves reached over TLS.
    proxy_tls: Arc<ClientConfig>,
    connect_timeout: Duration,
}

/// Returns a connector that follows what the environment says about proxies.
///
/// # Errors
///
/// [`ConfigError`] if the environment names an unsupported proxy.
pub(crate) fn direct_or_proxied(
    variables: Option<&ProxyVariables>,
    tls_config: &ClientConfig,
    connect_timeout: Duration,
) -> Result<ProxyConnector, ConfigError> {
    let rules = ProxyRules::new(variables)?;
    Ok(ProxyConnector::new(rules, tls_config.clone(), connect_timeout))
}

impl ProxyConnector {
    fn new(rules: ProxyRules, mut proxy_tls: ClientConfig, connect_timeout: Duration) -> Self {
        let tcp = TcpConnector::new(GaiResolver::new(), connect_timeout);
        // CONNECT is sent over HTTP/1.1.
        proxy_tls.alpn_protocols.clear();
        Self { tcp, rules: Arc::new(rules), proxy_tls: Arc::new(proxy_tls), connect_timeout }
    }

    async fn connect_via(self, proxy: &Intercept, target: Uri) -> Result<Stream, BoxError> {
        let (address, tcp, time) = (with_port(proxy.uri()), self.tcp, self.connect_timeout);
        match address.scheme_str() {
            Some("socks5") => {
                let targets = resolve(target, |_| true).await?;
                connect_to_any(socks5(address, tcp, proxy), targets, time).await
            }
            Some("socks5h") => socks5(address, tcp, proxy).connect(target).await,
            Some("socks4") => {
                let targets = resolve(target, SocketAddr::is_ipv4).await?;
                connect_to_any(SocksV4::new(address, tcp), targets, time).await
            }
            Some("socks4a") => SocksV4::new(address, tcp).connect(target).await,
            Some("https") => {
                let tls = HttpsConnector::from((tcp, self.proxy_tls));
                open_tunnel(tls.connect(address).await?, &target, proxy.basic_auth()).await
            }
            _ => open_tunnel(tcp.connect(address).await?, &target, proxy.basic_auth()).await,
        }
    }
}

impl Service<Uri> for ProxyConnector {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<Result<Stream, BoxError>>;

    /// Always ready: the connector that `call` chooses is polled there.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let Some(proxy) = self.rules.proxy_for(&target) else {
            return self.tcp.connect(target);
        };
        let connector = self.clone();
        Box::pin(async move {
            let stream = connector.connect_via(&proxy, target).await;
            stream.map_err(|cause| ProxyError::new(proxy.uri(), cause).into())
        })
    }
}

fn socks5(proxy: Uri, tcp: TcpConnector, intercept: &Intercept) -> Socks5 {
    let credentials = intercept.raw_auth();
    let credentials = credentials.map(|(user, password)| (user.to_owned(), password.to_owned()));
    Socks5 { proxy, tcp, credentials }
}

/// Adds the default port of SOCKS if a SOCKS proxy has none: the TCP connector would use that of
/// http.
fn with_port(proxy: &Uri) -> Uri {
    let is_socks = proxy.scheme_str().is_some_and(|scheme| scheme.starts_with("socks"));
    let (true, None, Some(host)) = (is_socks, proxy.port(), proxy.host()) else {
        return proxy.clone();
    };
    let mut parts = proxy.clone().into_parts();
    parts.authority = format!("{host}:1080").parse().ok();
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    Uri::from_parts(parts).unwrap_or_else(|_| proxy.clone())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        time::timeout,
    };

    use super::{
        ClientConfig, Connect as _, Duration, ProxyConnector, ProxyVariables, Uri,
        direct_or_proxied, with_port,
    };

    /// Fails a test that would otherwise wait forever.
    const LIMIT: Duration = Duration::from_secs(10);

    fn connector(proxy: &str) -> ProxyConnector {
        let variables = ProxyVariables::read(|name| (name == "HTTPS_PROXY").then(|| proxy.into()));
        let roots = rustls::RootCertStore::empty();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let tls_config = builder.with_root_certificates(roots).with_no_client_auth();
        direct_or_proxied(variables.as_ref(), &tls_config, LIMIT).unwrap()
    }

    #[test]
    fn port_1080_is_the_default_of_socks() {
        for (given, full) in [
            ("socks5://proxy", "socks5://proxy:1080/"),
            ("socks5h://proxy:9", "socks5h://proxy:9/"),
            ("http://proxy", "http://proxy/"),
        ] {
            assert_eq!(with_port(&Uri::from_static(given)), full);
        }
    }

    /// Connects to an https target through a proxy and returns the proxy's side of the connection.
    async fn proxied(scheme: &str, target: &'static str) -> TcpStream {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://user:secret@{}", proxy.local_addr().unwrap());
        let connector = connector(&url);
        // Fails as soon as the proxy's side is dropped; nothing waits for it.
        drop(tokio::spawn(connector.connect(Uri::from_static(target))));
        timeout(LIMIT, proxy.accept()).await.unwrap().unwrap().0
    }

    #[tokio::test]
    async fn a_tunnel_request_names_only_the_host() {
        let mut proxy = proxied("http", "https://api.example.com/v1/actor_tokens").await;
        let mut request = vec![0; 1024];
        let length = proxy.read(&mut request).await.unwrap();
        let request = String::from_utf8(request[..length].to_vec()).unwrap();
        assert_eq!(
            request,
            "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
        );
    }

    #[tokio::test]
    async fn a_refused_tunnel_names_the_proxy() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = proxy.local_addr().unwrap();
        let connector = connector(&format!("http://user:secret@{address}"));
        let target = Uri::from_static("https://api.example.com/v1");
        let connecting = tokio::spawn(connector.connect(target));
        let (mut stream, _) = timeout(LIMIT, proxy.accept()).await.unwrap().unwrap();
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
        let error = timeout(LIMIT, connecting).await.unwrap().unwrap().err().unwrap();
        assert_eq!(error.to_string(), format!("could not connect through proxy {address}"));
        let cause = error.source().unwrap().to_string();
        assert_eq!(cause, "proxy responded 407 Proxy Authentication Required");
    }

    #[tokio::test]
    async fn a_socks_request_names_only_the_host() {
        for (scheme, target, request) in [
            (
                "socks5h",
                "https://api.example.com/v1",
                &b"\x05\x01\x00\x03\x0fapi.example.com\x01\xbb"[..],
            ),
            ("socks5", "https://127.0.0.1:80/v1", b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50"),
        ] {
            let mut proxy = proxied(scheme, target).await;
            assert_eq!(
                read(&mut proxy, 3).await,
                [5, 1, 2],
                "version 5, one method: user name and password"
            );
            proxy.write_all(&[5, 2]).await.unwrap();
            assert_eq!(read(&mut proxy, 13).await, b"\x01\x04user\x06secret");
            proxy.write_all(&[1, 0]).await.unwrap();
            assert_eq!(read(&mut proxy, request.len()).await, request);
        }
        for (scheme, target, request) in [
            (
                "socks4a",
                "https://api.example.com/v1",
                &b"\x04\x01\x01\xbb\x00\x00\x00\xff\x00api.example.com\x00"[..],
            ),
            ("socks4", "https://localhost:80/v1", b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"),
        ] {
            assert_eq!(
                read(&mut proxied(scheme, target).await, request.len()).await,
                request,
                "{scheme}"
            );
        }
    }

    async fn read(stream: &mut TcpStream, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        timeout(LIMIT, stream.read_exact(&mut bytes)).await.unwrap().unwrap();
        bytes
    }

    #[tokio::test]
    async fn an_https_proxy_is_reached_over_tls() {
        let mut proxy = proxied("https", "https://api.example.com/v1").await;
        // A TLS record that carries a handshake message.
        assert_eq!(read(&mut proxy, 2).await, [0x16, 3]);
    }
}
