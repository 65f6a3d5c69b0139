use std::{
    borrow::Cow,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::http::Extensions;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};

use super::Probe;

/// The most bytes that are copied for one write, where the stream below has no vectored writes.
const MAX_JOINED: usize = 16 * 1024;

/// A stream of bytes to a server or a proxy, with its type erased.
///
/// It always has vectored writes: without them, hyper copies a request to a buffer of its own, and
/// then calls a connection ready for the next request while that buffer is still being written.
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
        if self.0.is_write_vectored() {
            return Pin::new(&mut self.0).poll_write_vectored(context, slices);
        }
        // In one write, so that the head and the body of a small request leave together.
        Pin::new(&mut self.0).poll_write(context, &join(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Returns the beginning of what the slices contain.
fn join<'a>(slices: &'a [IoSlice<'_>]) -> Cow<'a, [u8]> {
    if let [slice] = slices {
        return Cow::Borrowed(slice);
    }
    let mut joined = Vec::new();
    for slice in slices {
        let room = MAX_JOINED - joined.len();
        joined.extend_from_slice(slice.get(..room).unwrap_or(slice));
    }
    Cow::Owned(joined)
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// A stream whose every operation fails. The error is its name, and what it was to write.
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
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            fail(&format!("write {}", String::from_utf8_lossy(bytes)))
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

    fn operation<T>(result: Poll<io::Result<T>>) -> String {
        match result {
            Poll::Ready(Err(error)) => error.to_string(),
            _ => panic!("it must fail"),
        }
    }

    #[test]
    fn every_operation_is_delegated() {
        let mut stream = Stream::new(FailingStream { is_write_vectored: true });
        assert!(stream.is_http2() && stream.is_write_vectored());
        let mut stream = Pin::new(&mut stream);
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(operation(stream.as_mut().poll_write(&mut context, b"x")), "write x");
        let vectored = stream.as_mut().poll_write_vectored(&mut context, &[]);
        assert_eq!(operation(vectored), "write vectored");
        assert_eq!(operation(stream.as_mut().poll_flush(&mut context)), "flush");
        assert_eq!(operation(stream.as_mut().poll_shutdown(&mut context)), "shutdown");
    }

    #[test]
    fn without_vectored_writes_slices_are_joined_up_to_a_limit() {
        let mut stream = Stream::new(FailingStream { is_write_vectored: false });
        assert!(stream.is_write_vectored());
        let mut context = Context::from_waker(Waker::noop());
        let mut write = |slices: &[&str]| {
            let slices: Vec<_> =
                slices.iter().map(|slice| IoSlice::new(slice.as_bytes())).collect();
            operation(Pin::new(&mut stream).poll_write_vectored(&mut context, &slices))
        };
        assert_eq!(write(&["head, ", "", "body"]), "write head, body");
        let body = "x".repeat(2 * MAX_JOINED);
        assert_eq!(write(&["head", &body, "y"]).len(), "write ".len() + MAX_JOINED);
        assert_eq!(write(&[&body]).len(), "write ".len() + body.len(), "one slice is not copied");
    }
}
