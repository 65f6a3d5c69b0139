use std::{
    error::Error as StdError,
    future::poll_fn,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower_service::Service;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes connections. Every connector that hyper-util could use is one; what it makes has no type
/// of its own here.
pub(crate) trait Connect: Send + Sync {
    fn connect(&self, uri: Uri) -> BoxFuture<Result<Stream, BoxError>>;
}

impl<C> Connect for C
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    fn connect(&self, uri: Uri) -> BoxFuture<Result<Stream, BoxError>> {
        let mut connector = self.clone();
        Box::pin(async move {
            poll_fn(|context| connector.poll_ready(context)).await.map_err(Into::into)?;
            connector.call(uri).await.map(Stream::new).map_err(Into::into)
        })
    }
}

/// Is a connection of whatever kind.
pub(crate) struct Stream(Box<dyn Io>);

pub(crate) trait Io: Connection + Read + Write + Send + Unpin {}

impl<T: Connection + Read + Write + Send + Unpin> Io for T {}

impl Stream {
    pub(crate) fn new(io: impl Io + 'static) -> Self {
        Self(Box::new(io))
    }

    /// Tells whether the two sides agreed on HTTP/2 by ALPN.
    pub(crate) fn is_http2(&self) -> bool {
        self.connected().is_negotiated_h2()
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.0.connected()
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// Fails in whatever it is asked to do, and says by what. It writes vectored or not.
    struct Fails(bool);

    fn fails<T>(what: &str) -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::Error::other(what)))
    }

    impl Connection for Fails {
        fn connected(&self) -> Connected {
            Connected::new().negotiated_h2()
        }
    }

    impl Read for Fails {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            fails("read")
        }
    }

    impl Write for Fails {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            fails("write")
        }

        fn poll_write_vectored(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            fails("write vectored")
        }

        fn is_write_vectored(&self) -> bool {
            self.0
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            fails("flush")
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            fails("shutdown")
        }
    }

    #[test]
    fn a_stream_leaves_everything_to_what_it_hides() {
        let said = |result: Poll<io::Result<usize>>| match result {
            Poll::Ready(Err(error)) => error.to_string(),
            other => format!("{other:?}"),
        };
        assert!(!Stream::new(Fails(false)).is_write_vectored());
        let mut stream = Stream::new(Fails(true));
        let mut stream = Pin::new(&mut stream);
        let mut context = Context::from_waker(Waker::noop());
        assert!(stream.is_http2() && stream.is_write_vectored());
        assert_eq!(said(stream.as_mut().poll_write(&mut context, b"x")), "write");
        assert_eq!(said(stream.as_mut().poll_write_vectored(&mut context, &[])), "write vectored");
        assert_eq!(said(stream.as_mut().poll_flush(&mut context).map_ok(|()| 0)), "flush");
        assert_eq!(said(stream.as_mut().poll_shutdown(&mut context).map_ok(|()| 0)), "shutdown");
    }
}
