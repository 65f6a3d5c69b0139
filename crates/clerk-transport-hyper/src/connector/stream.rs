use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::http::Extensions;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};

use super::Probe;

/// A stream of bytes to a server or a proxy, with its type erased.
pub(crate) struct Stream(Box<dyn Io>);

pub(crate) trait Io: Connection + Read + Write + Send + Unpin {}

impl<T: Connection + Read + Write + Send + Unpin> Io for T {}

impl Stream {
    pub(crate) fn new(io: impl Io + 'static) -> Self {
        Self(Box::new(io))
    }

    /// Returns the probe of the socket below, or `None` for a stream of the caller's own connector.
    pub(crate) fn probe(&self) -> Option<Probe> {
        let mut extensions = Extensions::new();
        self.connected().get_extras(&mut extensions);
        extensions.remove()
    }

    /// Returns `true` if the two sides negotiated HTTP/2 by ALPN.
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

    /// A stream whose every operation fails with its own name as the error.
    struct FailingStream {
        is_write_vectored: bool,
    }

    fn fail<T>(operation: &str) -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::Error::other(operation)))
    }

    impl Connection for FailingStream {
        fn connected(&self) -> Connected {
            Connected::new().negotiated_h2()
        }
    }

    impl Read for FailingStream {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            fail("read")
        }
    }

    impl Write for FailingStream {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            fail("write")
        }

        fn poll_write_vectored(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            fail("write vectored")
        }

        fn is_write_vectored(&self) -> bool {
            self.is_write_vectored
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            fail("flush")
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            fail("shutdown")
        }
    }

    #[test]
    fn every_operation_is_delegated() {
        let stream = |is_write_vectored| Stream::new(FailingStream { is_write_vectored });
        assert!(!stream(false).is_write_vectored());
        let mut stream = stream(true);
        assert!(stream.is_http2() && stream.is_write_vectored());

        let mut stream = Pin::new(&mut stream);
        let mut context = Context::from_waker(Waker::noop());
        let operation = |result: Poll<io::Result<usize>>| match result {
            Poll::Ready(Err(error)) => error.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(operation(stream.as_mut().poll_write(&mut context, b"x")), "write");
        assert_eq!(
            operation(stream.as_mut().poll_write_vectored(&mut context, &[])),
            "write vectored"
        );
        assert_eq!(operation(stream.as_mut().poll_flush(&mut context).map_ok(|()| 0)), "flush");
        assert_eq!(
            operation(stream.as_mut().poll_shutdown(&mut context).map_ok(|()| 0)),
            "shutdown"
        );
    }
}
