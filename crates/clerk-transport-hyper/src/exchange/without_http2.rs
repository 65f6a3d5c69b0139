//! What replaces `http2` if that feature is disabled: types of which there are no values.
#![expect(clippy::unused_async, reason = "what they replace is async")]

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use clerk_core::{HttpResponse, http::Uri};
use tokio::sync::Notify;

use super::{request::FullRequest, send_error::SendError};
use crate::connector::Stream;

/// An HTTP/2 connection, of which there is none.
pub(crate) struct Http2(Infallible);

/// A stream of an HTTP/2 connection, of which there is none.
pub(crate) struct Slot(Infallible);

impl Http2 {
    /// Returns an error: only a connector of the caller's own can have negotiated HTTP/2.
    pub(crate) async fn handshake(_: Stream, _: Arc<Notify>) -> Result<Self, io::Error> {
        let reason = "connector negotiated HTTP/2, but the feature `http2` is disabled";
        Err(io::Error::new(io::ErrorKind::Unsupported, reason))
    }

    pub(crate) fn is_usable(&mut self) -> bool {
        match self.0 {}
    }

    pub(crate) fn remaining_idle_time(&self, _: Duration) -> Option<Duration> {
        match self.0 {}
    }

    pub(crate) fn is_closed(&mut self) -> bool {
        match self.0 {}
    }

    pub(crate) fn is_full(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn is_blocked(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn retire(&self) {
        match self.0 {}
    }

    /// Does nothing: there is no connection to send the request on.
    pub(crate) fn set_target(_: &mut FullRequest, _: &Uri) {}
}

impl Slot {
    pub(crate) fn reserve(http2: &Http2) -> Option<Self> {
        match http2.0 {}
    }

    pub(crate) fn is_first(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn is_quiet(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn is_ready(&mut self) -> bool {
        match self.0 {}
    }

    pub(crate) async fn exchange(
        &mut self,
        _: FullRequest,
        _: usize,
    ) -> Result<HttpResponse, SendError> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use clerk_core::{Sent, TransportError, TransportErrorKind};

    use super::{Arc, Http2, Stream};
    use crate::connector::ConnectError;

    #[tokio::test]
    async fn a_stream_that_negotiated_http2_is_a_configuration_error() {
        let (stream, _server) = Stream::in_memory(true);
        let error = Http2::handshake(stream, Arc::default()).await.err().unwrap();
        let error = TransportError::from(ConnectError::handshake(error.into()));
        assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Config, Sent::No));
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "connector negotiated HTTP/2, but the feature `http2` is disabled");
    }
}
