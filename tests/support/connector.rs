use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

/// A connector that calls a function, as callers might write one of their own.
#[derive(Clone, Debug)]
pub struct Connector<F> {
    connect: F,
    protocol: Protocol,
}

/// A connection over any kind of stream.
#[derive(Debug)]
pub struct Link<T> {
    io: TokioIo<T>,
    protocol: Protocol,
}

/// The protocol that a connection reports as negotiated.
#[derive(Clone, Copy, Debug)]
enum Protocol {
    Http1,
    Http2,
}

impl<F> Connector<F> {
    /// Creates a connector whose connections report nothing, and so speak HTTP/1.1.
    pub fn http1(connect: F) -> Self {
        Self { connect, protocol: Protocol::Http1 }
    }

    /// Creates a connector whose connections report HTTP/2 as negotiated, without TLS.
    pub fn http2(connect: F) -> Self {
        Self { connect, protocol: Protocol::Http2 }
    }
}

impl<F, C, T> Service<Uri> for Connector<F>
where
    F: Fn(Uri) -> C,
    C: Future<Output = io::Result<T>> + Send + 'static,
{
    type Response = Link<T>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Link<T>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, protocol) = ((self.connect)(uri), self.protocol);
        Box::pin(async move { connecting.await.map(|io| Link { io: TokioIo::new(io), protocol }) })
    }
}

impl<T> Connection for Link<T> {
    fn connected(&self) -> Connected {
        match self.protocol {
            Protocol::Http1 => Connected::new(),
            Protocol::Http2 => Connected::new().negotiated_h2(),
        }
    }
}

impl<T: AsyncRead + Unpin> Read for Link<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> Write for Link<T> {
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
