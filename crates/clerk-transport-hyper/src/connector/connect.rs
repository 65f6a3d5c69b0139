use std::{error::Error as StdError, future::poll_fn, pin::Pin};

use clerk_core::http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use tower_service::Service;

use super::Stream;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A way to open connections: any connector that works with hyper-util, with its types erased.
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
