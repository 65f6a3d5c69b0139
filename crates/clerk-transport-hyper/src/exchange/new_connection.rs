use std::sync::Arc;

use tokio::sync::Notify;

use super::{Http1, Http2};
use crate::connector::{BoxError, Stream};

/// A connection that has just been opened, in the protocol that the two sides negotiated.
pub(crate) enum NewConnection {
    Http1(Http1),
    Http2(Http2),
}

impl NewConnection {
    /// Starts HTTP on a stream.
    ///
    /// Over HTTP/2, `vacancy` is notified when a call that waits for a stream should look again.
    pub(crate) async fn handshake(stream: Stream, vacancy: Arc<Notify>) -> Result<Self, BoxError> {
        Ok(if stream.is_http2() {
            Self::Http2(Http2::handshake(stream, vacancy).await?)
        } else {
            Self::Http1(Http1::handshake(stream).await?)
        })
    }
}
