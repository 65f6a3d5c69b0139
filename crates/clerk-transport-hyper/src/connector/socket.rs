use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll},
};

use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A TCP stream with a probe, which other tasks can use.
pub(crate) struct Socket(Arc<Mutex<TcpStream>>);

/// Asks the operating system whether anything has arrived on a [`Socket`] that the runtime has not
/// noticed yet.
///
/// It does not keep the socket open.
#[derive(Clone)]
pub(crate) struct Probe(Weak<Mutex<TcpStream>>);

impl Socket {
    pub(super) fn new(stream: TcpStream) -> TokioIo<Self> {
        TokioIo::new(Self(Arc::new(Mutex::new(stream))))
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        lock(&self.0)
    }
}

impl Probe {
    /// Returns `true` if the socket is open, and all that has arrived on it was read.
    pub(crate) fn is_quiet(&self) -> bool {
        let Some(stream) = self.0.upgrade() else { return false };
        let stream = lock(&stream);
        let peeked = SockRef::from(&*stream).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

fn lock(stream: &Mutex<TcpStream>) -> MutexGuard<'_, TcpStream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        Connected::new().extra(Probe(Arc::downgrade(&self.0)))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::{Arc, Probe, Socket};

    /// Returns the two ends of a connection, and the probe of the first.
    async fn connected() -> (Socket, Probe, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (peer, _) = listener.accept().await.unwrap();
        let socket = Socket::new(stream).into_inner();
        let probe = Probe(Arc::downgrade(&socket.0));
        (socket, probe, peer)
    }

    async fn arrival(socket: &Socket) {
        poll_fn(|context| socket.stream().poll_read_ready(context)).await.unwrap();
    }

    #[tokio::test]
    async fn a_socket_is_quiet_until_something_arrives_and_again_when_it_was_read() {
        let (mut socket, probe, mut peer) = connected().await;
        assert!(probe.is_quiet());
        peer.write_all(b"x").await.unwrap();
        arrival(&socket).await;
        assert!(!probe.is_quiet());
        assert_eq!(socket.read_u8().await.unwrap(), b'x');
        assert!(probe.is_quiet());
        socket.write_all(b"y").await.unwrap();
        assert_eq!(peer.read_u8().await.unwrap(), b'y');
        assert!(probe.is_quiet());
    }

    #[tokio::test]
    async fn a_socket_that_the_peer_has_closed_is_not_quiet() {
        let (socket, probe, peer) = connected().await;
        drop(peer);
        arrival(&socket).await;
        assert!(!probe.is_quiet());
    }

    #[tokio::test]
    async fn a_socket_that_is_shut_down_writes_no_more_and_still_reads() {
        let (mut socket, _, mut peer) = connected().await;
        assert!(socket.is_write_vectored());
        socket.shutdown().await.unwrap();
        assert_eq!(peer.read(&mut [0]).await.unwrap(), 0);
        peer.write_all(b"x").await.unwrap();
        assert_eq!(socket.read_u8().await.unwrap(), b'x');
    }

    #[tokio::test]
    async fn a_probe_does_not_keep_its_socket_open() {
        let (socket, probe, mut peer) = connected().await;
        drop(socket);
        assert_eq!(peer.read(&mut [0]).await.unwrap(), 0);
        assert!(!probe.is_quiet());
    }
}
