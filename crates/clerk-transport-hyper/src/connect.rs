use std::{error::Error as StdError, fmt, future::poll_fn, pin::Pin};

use clerk_core::http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower_service::Service;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes connections. Every connector that hyper-util could use is one; what it makes has no type of its own here.
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
pub(crate) struct Stream {
    connected: Connected,
    io: Box<dyn Io>,
}

pub(crate) trait Io: Read + Write + Send + Unpin {}

impl<T: Read + Write + Send + Unpin> Io for T {}

impl Stream {
    pub(crate) fn new(io: impl Connection + Io + 'static) -> Self {
        Self { connected: io.connected(), io: Box::new(io) }
    }

    /// Tells whether the two sides agreed on HTTP/2 by ALPN.
    pub(crate) fn is_http2(&self) -> bool {
        self.connected.is_negotiated_h2()
    }

    pub(crate) fn into_io(self) -> Box<dyn Io> {
        self.io
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("http2", &self.is_http2()).finish_non_exhaustive()
    }
}
