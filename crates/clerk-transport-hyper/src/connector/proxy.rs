use std::{
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use clerk_core::http::{
    Uri,
    uri::{PathAndQuery, Scheme},
};
use hyper_rustls::HttpsConnector;
use hyper_util::client::{
    legacy::connect::{
        HttpConnector,
        dns::GaiResolver,
        proxy::{SocksV4, SocksV5, Tunnel},
    },
    proxy::matcher::{Intercept, Matcher},
};
use rustls::ClientConfig;
use tower_service::Service;

use super::{
    BoxError, BoxFuture, Connect, Stream,
    proxy_error::ProxyError,
    resolve::{connect_to_any, resolve},
    tcp::tcp_connector,
};

/// A connector that reaches https hosts through their proxy, if they have one, and all other hosts
/// directly.
///
/// A proxy is asked for a tunnel, so it sees the name of the host and TLS, never the secret key.
/// It could read requests to an http target, which is this machine or one that the caller declared
/// safe, so these always go directly.
#[derive(Clone)]
pub(crate) struct ProxyConnector {
    tcp: HttpConnector,
    proxies: Arc<Matcher>,
    /// For proxies that are themselves reached over TLS.
    proxy_tls: Arc<ClientConfig>,
    connect_timeout: Duration,
}

impl ProxyConnector {
    pub(crate) fn new(
        proxies: Matcher,
        mut proxy_tls: ClientConfig,
        connect_timeout: Duration,
    ) -> Self {
        let tcp = tcp_connector(GaiResolver::new(), connect_timeout);
        // CONNECT is sent over HTTP/1.1.
        proxy_tls.alpn_protocols.clear();
        Self { tcp, proxies: Arc::new(proxies), proxy_tls: Arc::new(proxy_tls), connect_timeout }
    }

    fn proxy_for(&self, target: &Uri) -> Option<Intercept> {
        if target.scheme() == Some(&Scheme::HTTPS) { self.proxies.intercept(target) } else { None }
    }

    fn connect_via(&self, proxy: &Intercept, target: Uri) -> BoxFuture<Result<Stream, BoxError>> {
        let (address, tcp) = (with_port(proxy.uri()), self.tcp.clone());
        match address.scheme_str() {
            Some("socks5") => self.connect_resolved(socks5(address, tcp, proxy), target, |_| true),
            Some("socks5h") => socks5(address, tcp, proxy).connect(target),
            Some("socks4") => {
                self.connect_resolved(SocksV4::new(address, tcp), target, SocketAddr::is_ipv4)
            }
            Some("socks4a") => SocksV4::new(address, tcp).connect(target),
            Some("https") => {
                let tls = HttpsConnector::from((tcp, Arc::clone(&self.proxy_tls)));
                tunnel(address, tls, proxy).connect(target)
            }
            _ => tunnel(address, tcp, proxy).connect(target),
        }
    }

    fn connect_resolved(
        &self,
        proxy: impl Connect + 'static,
        target: Uri,
        is_supported: fn(&SocketAddr) -> bool,
    ) -> BoxFuture<Result<Stream, BoxError>> {
        let time = self.connect_timeout;
        Box::pin(
            async move { connect_to_any(proxy, resolve(target, is_supported).await?, time).await },
        )
    }
}

impl Service<Uri> for ProxyConnector {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<Result<Stream, BoxError>>;

    /// Always ready: `Connect` polls the connector that is then used.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let Some(proxy) = self.proxy_for(&target) else {
            return self.tcp.connect(target);
        };
        let connecting = self.connect_via(&proxy, target);
        Box::pin(async move {
            connecting.await.map_err(|cause| ProxyError::new(proxy.uri(), cause).into())
        })
    }
}

fn socks5<C>(address: Uri, connector: C, proxy: &Intercept) -> SocksV5<C> {
    let socks = SocksV5::new(address, connector);
    match proxy.raw_auth() {
        Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
        None => socks,
    }
}

fn tunnel<C>(address: Uri, connector: C, proxy: &Intercept) -> Tunnel<C> {
    let tunnel = Tunnel::new(address, connector);
    match proxy.basic_auth() {
        Some(auth) => tunnel.with_auth(auth.clone()),
        None => tunnel,
    }
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

    use super::{ClientConfig, Connect as _, Duration, Matcher, ProxyConnector, Uri, with_port};

    /// Fails a test that would otherwise wait forever.
    const LIMIT: Duration = Duration::from_secs(10);

    fn connector(proxies: Matcher) -> ProxyConnector {
        let roots = rustls::RootCertStore::empty();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let tls_config = builder.with_root_certificates(roots).with_no_client_auth();
        ProxyConnector::new(proxies, tls_config, LIMIT)
    }

    fn proxy_for(target: &'static str, proxies: Matcher) -> Option<String> {
        let proxy = connector(proxies).proxy_for(&Uri::from_static(target));
        proxy.map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn https_goes_through_its_proxy() {
        let proxy = |target| {
            let proxies = Matcher::builder().https("http://user:secret@proxy:8080");
            proxy_for(target, proxies.no("internal.example.com").build())
        };
        assert_eq!(proxy("https://api.clerk.com/v1").unwrap(), "http://proxy:8080/");
        assert_eq!(proxy("https://internal.example.com/v1"), None);
    }

    #[test]
    fn http_never_goes_through_a_proxy() {
        let proxy = |target| proxy_for(target, Matcher::builder().all("http://proxy:8080").build());
        assert_eq!(proxy("http://127.0.0.1:1/v1"), None);
        assert_eq!(proxy("http://api.example.com/v1"), None);
        assert!(proxy("https://api.example.com/v1").is_some());
    }

    #[test]
    fn without_proxies_every_host_is_reached_directly() {
        assert_eq!(proxy_for("https://api.clerk.com/v1", Matcher::builder().build()), None);
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
        let connector = connector(Matcher::builder().https(url).build());
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
        let proxies = Matcher::builder().https(format!("http://user:secret@{address}")).build();
        let target = Uri::from_static("https://api.example.com/v1");
        let connecting = tokio::spawn(connector(proxies).connect(target));
        let (mut stream, _) = timeout(LIMIT, proxy.accept()).await.unwrap().unwrap();
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
        let error = timeout(LIMIT, connecting).await.unwrap().unwrap().err().unwrap();
        assert_eq!(error.to_string(), format!("could not connect through proxy {address}"));
        let cause = error.source().unwrap().to_string();
        assert_eq!(cause, "tunnel error: proxy authorization required");
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
