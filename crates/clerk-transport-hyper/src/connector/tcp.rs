use std::{
    task::{Context, Poll},
    time::Duration,
};

use clerk_core::http::Uri;
use hyper_util::{
    client::legacy::connect::{HttpConnector, dns::GaiResolver},
    rt::TokioIo,
};
use tokio::net::TcpStream;
use tower_service::Service;

use super::{BoxError, BoxFuture, socket::Socket};

/// A connector for TCP that tries every address of a host within the connect timeout.
///
/// IPv6 and IPv4 race each other, and the addresses of a family share the timeout evenly. Otherwise
/// a single address that does not respond would use it up.
#[derive(Clone)]
pub(super) struct TcpConnector<R = GaiResolver>(HttpConnector<R>);

impl<R> TcpConnector<R> {
    pub(super) fn new(resolver: R, connect_timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        Self(tcp)
    }
}

impl<R> Service<Uri> for TcpConnector<R>
where
    HttpConnector<R>: Service<Uri, Response = TokioIo<TcpStream>>,
    <HttpConnector<R> as Service<Uri>>::Error: Into<BoxError>,
    <HttpConnector<R> as Service<Uri>>::Future: Send + 'static,
{
    type Response = TokioIo<Socket>;
    type Error = BoxError;
    type Future = BoxFuture<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = self.0.call(target);
        Box::pin(async move {
            let stream = connecting.await.map_err(Into::into)?;
            Ok(Socket::new(stream.into_inner()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Ready, ready},
        io,
        net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    };

    use hyper_util::client::legacy::connect::dns::Name;
    use tokio::{
        net::{TcpListener, TcpSocket, TcpStream},
        time::{Instant, timeout},
    };

    use super::{Context, Duration, Poll, Service, TcpConnector, Uri};
    use crate::connector::Connect as _;

    const SECOND: Duration = Duration::from_secs(1);

    /// A resolver that knows the same addresses for every host.
    #[derive(Clone)]
    struct Addresses(Vec<SocketAddr>);

    impl Service<Name> for Addresses {
        type Response = std::vec::IntoIter<SocketAddr>;
        type Error = io::Error;
        type Future = Ready<io::Result<Self::Response>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Name) -> Self::Future {
            ready(Ok(self.0.clone().into_iter()))
        }
    }

    /// A listener that accepts nobody. Its queue is full, so a SYN gets no response.
    struct Silent {
        address: SocketAddr,
        _queue: (TcpListener, TcpStream),
    }

    impl Silent {
        async fn bind(socket: TcpSocket, address: impl Into<IpAddr>) -> Self {
            socket.bind((address.into(), 0).into()).unwrap();
            let listener = socket.listen(0).unwrap();
            let address = listener.local_addr().unwrap();
            let queued = TcpStream::connect(address).await.unwrap();
            let refused = timeout(SECOND, TcpStream::connect(address)).await;
            assert!(refused.is_err(), "the queue is not full");
            Self { address, _queue: (listener, queued) }
        }
    }

    /// Connects to a host with these addresses within five seconds, and returns how long that took.
    async fn connect(addresses: &[SocketAddr]) -> Option<Duration> {
        let connector = TcpConnector::new(Addresses(addresses.to_vec()), 5 * SECOND);
        let start = Instant::now();
        let target = Uri::from_static("http://api.example.com/");
        let stream = timeout(5 * SECOND, connector.connect(target)).await.ok()?;
        stream.is_ok().then(|| start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_leaves_time_for_the_others() {
        let server = Silent::bind(TcpSocket::new_v4().unwrap(), Ipv4Addr::LOCALHOST).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (silent, live) = (server.address, listener.local_addr().unwrap());
        assert_eq!(connect(&[silent]).await, None);
        assert!(connect(&[live, silent]).await.unwrap() < SECOND);
        assert!(connect(&[silent, live]).await.unwrap() < 3 * SECOND);
        assert!(connect(&[silent, silent, silent, live]).await.unwrap() < 4 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn ipv4_does_not_wait_for_ipv6() {
        if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_err() {
            return;
        }
        let server = Silent::bind(TcpSocket::new_v6().unwrap(), Ipv6Addr::LOCALHOST).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (silent, live) = (server.address, listener.local_addr().unwrap());
        assert!(connect(&[silent, silent, live]).await.unwrap() < SECOND);
    }

    #[tokio::test]
    async fn a_stream_has_the_probe_of_its_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = Addresses(vec![listener.local_addr().unwrap()]);
        let connector = TcpConnector::new(addresses, 5 * SECOND);
        let stream = connector.connect(Uri::from_static("http://api.example.com/")).await.unwrap();
        assert!(stream.probe().unwrap().is_quiet());
    }
}
