//! A connector as a caller would write one who has a way of their own: a function, and a thin wrapper.

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

/// Connects by calling a function.
#[derive(Clone, Debug)]
pub struct Connector<F>(pub F);

/// Is a connection to nobody in particular.
#[derive(Debug)]
pub struct Wire<T>(TokioIo<T>);

impl<F, C, T> Service<Uri> for Connector<F>
where
    F: Fn() -> C,
    C: Future<Output = io::Result<T>> + Send + 'static,
{
    type Response = Wire<T>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Wire<T>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let connecting = (self.0)();
        Box::pin(async move { connecting.await.map(|io| Wire(TokioIo::new(io))) })
    }
}

impl<T> Connection for Wire<T> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl<T: AsyncRead + Unpin> Read for Wire<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> Write for Wire<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
