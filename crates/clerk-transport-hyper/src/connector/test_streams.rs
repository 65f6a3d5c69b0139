use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
#[cfg(feature = "http2")]
use tokio::net::{TcpListener, TcpStream};
use tokio::{
    io::{DuplexStream, duplex},
    task::yield_now,
};

use super::Stream;
#[cfg(feature = "http2")]
use super::socket::Socket;

/// The client's side of a stream in memory, which reports a protocol as negotiated, and has no
/// vectored writes.
struct MemoryStream {
    io: TokioIo<DuplexStream>,
    is_http2: bool,
}

impl Stream {
    /// Returns a stream in memory, and the server's side of it.
    pub(crate) fn in_memory(is_http2: bool) -> (Self, DuplexStream) {
        let (client, server) = duplex(64 * 1024);
        (Self::new(MemoryStream { io: TokioIo::new(client), is_http2 }), server)
    }

    /// Returns a stream over a socket, and the server's side of it.
    #[cfg(feature = "http2")]
    pub(crate) async fn over_tcp() -> (Self, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Self::new(Socket::new(client)), listener.accept().await.unwrap().0)
    }
}

/// Lets every task run until it waits for the other side of its stream, or for the test.
pub(crate) async fn settle() {
    for _ in 0..100 {
        yield_now().await;
    }
}

impl Connection for MemoryStream {
    fn connected(&self) -> Connected {
        if self.is_http2 { Connected::new().negotiated_h2() } else { Connected::new() }
    }
}

impl Read for MemoryStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for MemoryStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
