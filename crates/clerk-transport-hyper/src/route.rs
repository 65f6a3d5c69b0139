use std::{
    ffi::OsString,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use clerk_core::{
    ConfigError,
    http::{
        Uri,
        uri::{PathAndQuery, Scheme},
    },
};
use hyper_rustls::HttpsConnector;
use hyper_util::client::{
    legacy::connect::{
        HttpConnector,
        proxy::{SocksV4, SocksV5, Tunnel},
    },
    proxy::matcher::{Intercept, Matcher},
};
use rustls::ClientConfig;
use tokio::net::lookup_host;
use tower_service::Service;

use crate::connect::{BoxError, BoxFuture, Connect, Stream};

/// Finds the way to a host: straight, or through the proxy that the environment names for it.
///
/// Only https goes through a proxy, by a tunnel: the proxy sees the name of the host and TLS, never
/// the key. To an http target (this machine, or one that the caller calls safe) the way is always
/// straight.
#[derive(Clone)]
pub(crate) struct Route {
    tcp: HttpConnector,
    proxies: Arc<Matcher>,
    /// For the way to a proxy that is spoken to over TLS itself.
    proxy_tls: Arc<ClientConfig>,
}

impl Route {
    pub(crate) fn new(proxies: Matcher, mut proxy_tls: ClientConfig) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // What is spoken to the proxy is CONNECT over HTTP/1.1.
        proxy_tls.alpn_protocols.clear();
        Self { tcp, proxies: Arc::new(proxies), proxy_tls: Arc::new(proxy_tls) }
    }

    fn proxy(&self, target: &Uri) -> Option<Intercept> {
        if target.scheme() == Some(&Scheme::HTTPS) { self.proxies.intercept(target) } else { None }
    }

    fn through(&self, proxy: &Intercept, target: Uri) -> BoxFuture<Result<Stream, BoxError>> {
        let (address, tcp) = (with_port(proxy.uri()), self.tcp.clone());
        match address.scheme_str() {
            Some("socks5") => {
                let socks = socks5(address, tcp, proxy);
                Box::pin(async move { socks.connect(looked_up(target, |_| true).await?).await })
            }
            Some("socks5h") => socks5(address, tcp, proxy).connect(target),
            Some("socks4") => {
                let socks = SocksV4::new(address, tcp);
                Box::pin(async move {
                    socks.connect(looked_up(target, SocketAddr::is_ipv4).await?).await
                })
            }
            Some("socks4a") => SocksV4::new(address, tcp).connect(target),
            Some("https") => {
                let tls = HttpsConnector::from((tcp, Arc::clone(&self.proxy_tls)));
                tunnel(address, tls, proxy).connect(target)
            }
            _ => tunnel(address, tcp, proxy).connect(target),
        }
    }
}

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<Result<Stream, BoxError>>;

    /// It always is: `Connect` asks whatever leads on before it goes there.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        match self.proxy(&target) {
            Some(proxy) => self.through(&proxy, target),
            None => self.tcp.connect(target),
        }
    }
}

/// Reads from the environment which proxy there is for https: the first variable that is set and
/// not empty counts.
///
/// The matcher has a reader of its own, which passes over what names no proxy, and the way would be
/// straight.
pub(crate) fn proxies(look_up: impl Fn(&str) -> Option<OsString>) -> Result<Matcher, ConfigError> {
    let set = |name: &'static str| {
        look_up(name)
            .filter(|value| !value.is_empty())
            .map(|value| (name, value.to_string_lossy().into_owned()))
    };
    let Some((name, proxy)) =
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].into_iter().find_map(set)
    else {
        return Ok(Matcher::builder().build());
    };
    let everything = Matcher::builder().https(proxy.clone()).build();
    if everything.intercept(&Uri::from_static("https://api.clerk.com")).is_none() {
        let reason =
            "it names no proxy that can be used (http, https, socks5, socks5h, socks4, socks4a)";
        return Err(ConfigError::new(name, reason));
    }
    let (_, exempt) = ["NO_PROXY", "no_proxy"].into_iter().find_map(set).unwrap_or_default();
    Ok(Matcher::builder().https(proxy).no(exempt).build())
}

/// Looks the host of the target up here, which a proxy at `socks5` or `socks4` is not asked to do,
/// and puts its address in place of it.
async fn looked_up(target: Uri, is_wanted: fn(&SocketAddr) -> bool) -> Result<Uri, BoxError> {
    let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut addresses = lookup_host((host, target.port_u16().unwrap_or(443))).await?;
    let address = addresses
        .find(is_wanted)
        .ok_or("the host has no address of the kind that the proxy takes")?;
    let uri =
        Uri::builder().scheme(Scheme::HTTPS).authority(address.to_string()).path_and_query("/");
    Ok(uri.build()?)
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

/// Adds the port that SOCKS proxies are at if none is named: TCP alone would take that of http.
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
        time::{Duration, timeout},
    };

    use super::{
        ClientConfig, Connect as _, Matcher, OsString, Route, SocketAddr, Uri, looked_up, proxies,
        with_port,
    };

    /// Lets a test fail that would wait for ever.
    const LIMIT: Duration = Duration::from_secs(10);

    fn route(proxies: Matcher) -> Route {
        let roots = rustls::RootCertStore::empty();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        Route::new(proxies, builder.with_root_certificates(roots).with_no_client_auth())
    }

    fn goes_through(route: &Route, target: &'static str) -> Option<String> {
        route.proxy(&Uri::from_static(target)).map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn https_goes_through_the_proxy_that_is_named_for_it() {
        let route = route(
            Matcher::builder()
                .https("http://user:secret@proxy:8080")
                .no("internal.example.com")
                .build(),
        );
        assert_eq!(goes_through(&route, "https://api.clerk.com/v1").unwrap(), "http://proxy:8080/");
        assert_eq!(goes_through(&route, "https://internal.example.com/v1"), None);
    }

    #[test]
    fn http_never_goes_through_a_proxy() {
        let route = route(Matcher::builder().all("http://proxy:8080").build());
        assert_eq!(goes_through(&route, "http://127.0.0.1:1/v1"), None);
        assert_eq!(goes_through(&route, "http://api.example.com/v1"), None);
        assert!(goes_through(&route, "https://api.example.com/v1").is_some());
    }

    #[test]
    fn without_proxies_every_way_is_straight() {
        assert_eq!(
            goes_through(&route(Matcher::builder().build()), "https://api.clerk.com/v1"),
            None
        );
    }

    /// Gives what `proxies` would find among these variables.
    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_refused_without_being_quoted() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let check = |value| proxies(variables(&[(name, value)]));
            for value in [
                "",
                "http://proxy:1",
                "proxy:1",
                "https://u:p@proxy",
                "socks5://p:1",
                "socks5h://p",
                "socks4a://p",
            ] {
                assert!(check(value).is_ok(), "{value}");
            }
            for value in ["ftp://canary:1", "socks://canary", "htp://canary", "://canary"] {
                let refusal = check(value).expect_err(value);
                assert_eq!(refusal.setting(), name);
                assert!(!refusal.to_string().contains("canary"), "{refusal}");
            }
        }
    }

    #[test]
    fn the_first_variable_that_is_not_empty_counts() {
        let through = |set: &[(&str, &str)]| {
            goes_through(&route(proxies(variables(set)).unwrap()), "https://api.clerk.com/v1")
        };
        assert_eq!(through(&[]), None);
        assert_eq!(
            through(&[("HTTPS_PROXY", ""), ("https_proxy", "http://b")]).unwrap(),
            "http://b/"
        );
        assert_eq!(
            through(&[("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "ftp://b")]).unwrap(),
            "http://a/"
        );
        assert_eq!(
            through(&[("all_proxy", "http://c"), ("NO_PROXY", "other.com")]).unwrap(),
            "http://c/"
        );
        assert_eq!(through(&[("all_proxy", "http://c"), ("no_proxy", "clerk.com")]), None);
        // A web server sets it for a program that it runs; it is no reason to go around the proxy.
        assert_eq!(
            through(&[("HTTPS_PROXY", "http://a"), ("REQUEST_METHOD", "GET")]).unwrap(),
            "http://a/"
        );
    }

    #[tokio::test]
    async fn what_is_looked_up_here_is_asked_for_by_its_address() {
        let look_up =
            |target, wanted: fn(&SocketAddr) -> bool| looked_up(Uri::from_static(target), wanted);
        assert_eq!(
            look_up("https://127.0.0.1/v1", |_| true).await.unwrap(),
            "https://127.0.0.1:443/"
        );
        assert_eq!(
            look_up("https://[::1]:8443/v1", |_| true).await.unwrap(),
            "https://[::1]:8443/"
        );
        let address = look_up("https://localhost:1/v1", SocketAddr::is_ipv4).await.unwrap();
        assert_eq!(address, "https://127.0.0.1:1/");
        assert!(look_up("https://[::1]/v1", SocketAddr::is_ipv4).await.is_err());
    }

    #[test]
    fn a_socks_proxy_without_a_port_is_at_1080() {
        for (given, full) in [
            ("socks5://proxy", "socks5://proxy:1080/"),
            ("socks5h://proxy:9", "socks5h://proxy:9/"),
            ("http://proxy", "http://proxy/"),
        ] {
            assert_eq!(with_port(&Uri::from_static(given)), full);
        }
    }

    /// Connects to an https target through a proxy at `scheme`, and gives the proxy's side of the
    /// connection.
    async fn proxied(scheme: &str, target: &'static str) -> TcpStream {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://user:secret@{}", proxy.local_addr().unwrap());
        let route = route(Matcher::builder().https(url).build());
        // It fails once the proxy's side is dropped; nobody waits for it.
        drop(tokio::spawn(route.connect(Uri::from_static(target))));
        timeout(LIMIT, proxy.accept()).await.unwrap().unwrap().0
    }

    #[tokio::test]
    async fn a_tunnel_asks_for_the_host_alone() {
        let mut proxy = proxied("http", "https://api.example.com/v1/actor_tokens").await;
        let mut asked = vec![0; 1024];
        let length = proxy.read(&mut asked).await.unwrap();
        let asked = String::from_utf8(asked[..length].to_vec()).unwrap();
        assert_eq!(
            asked,
            "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
        );
    }

    #[tokio::test]
    async fn socks_asks_for_the_host_alone() {
        for (scheme, target, asked) in [
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
            assert_eq!(read(&mut proxy, asked.len()).await, asked);
        }
        for (scheme, target, asked) in [
            (
                "socks4a",
                "https://api.example.com/v1",
                &b"\x04\x01\x01\xbb\x00\x00\x00\xff\x00api.example.com\x00"[..],
            ),
            ("socks4", "https://localhost:80/v1", b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"),
        ] {
            assert_eq!(
                read(&mut proxied(scheme, target).await, asked.len()).await,
                asked,
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
    async fn a_proxy_that_speaks_tls_is_spoken_to_in_tls() {
        let mut proxy = proxied("https", "https://api.example.com/v1").await;
        // A handshake.
        assert_eq!(read(&mut proxy, 2).await, [0x16, 3]);
    }
}
