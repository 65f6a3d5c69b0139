use clerk_core::{
    TransportError,
    http::{HeaderValue, Response, Uri},
};
use hyper::{body::Incoming, client::conn::TrySendError};

use super::{Http1, Http2, classify::exchange_failed, driver::Driver, request::FullRequest};
use crate::connector::Stream;

/// A connection for one exchange: a whole one over HTTP/1.1, a share of one over HTTP/2.
pub(crate) struct Connection {
    protocol: Protocol,
    /// Whether it has been in the pool or carried an exchange. If so, the server may have closed it
    /// since.
    is_reused: bool,
}

pub(crate) enum Protocol {
    Http1(Http1),
    Http2(Http2),
}

/// A request that got no response.
pub(crate) enum SendError {
    /// The connection handed the request back: not a byte of it was written.
    HandedBack(Box<FullRequest>, hyper::Error),
    /// The connection took the request: it may have been written.
    Failed(TransportError),
}

impl Connection {
    /// Starts HTTP on a stream, in the protocol that the two sides negotiated.
    pub(crate) async fn handshake(stream: Stream) -> Result<Self, hyper::Error> {
        let protocol = if stream.is_http2() {
            Protocol::Http2(Http2::handshake(stream).await?)
        } else {
            Protocol::Http1(Http1::handshake(stream).await?)
        };
        Ok(Self { protocol, is_reused: false })
    }

    pub(crate) fn reused(protocol: Protocol) -> Self {
        Self { protocol, is_reused: true }
    }

    /// Marks the connection as one that the server may have closed since.
    pub(crate) fn into_reused(self) -> Self {
        Self { is_reused: true, ..self }
    }

    /// Returns another share of the connection if it can be shared.
    pub(crate) fn share(&self) -> Option<Self> {
        match &self.protocol {
            Protocol::Http1(_) => None,
            Protocol::Http2(http2) => Some(Self::reused(Protocol::Http2(http2.clone()))),
        }
    }

    pub(crate) fn is_reused(&self) -> bool {
        self.is_reused
    }

    pub(crate) fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    pub(crate) fn into_protocol(self) -> Protocol {
        self.protocol
    }

    /// Returns `true` if the connection can take a request now: it is open, and done with all
    /// earlier exchanges that it cannot share.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.protocol {
            Protocol::Http1(http1) => http1.is_ready(),
            Protocol::Http2(http2) => !http2.is_closed(),
        }
    }

    /// Waits until the connection is ready, and returns it unless it is closed instead.
    pub(crate) async fn settle(mut self) -> Option<Self> {
        if let Protocol::Http1(http1) = &mut self.protocol {
            http1.ready().await.ok()?;
        }
        Some(self)
    }

    /// Sets the target of a request, in the form that the protocol requires.
    pub(crate) fn set_target(&self, request: &mut FullRequest, uri: &Uri, host: &HeaderValue) {
        match &self.protocol {
            Protocol::Http1(_) => Http1::set_target(request, uri, host),
            Protocol::Http2(_) => Http2::set_target(request, uri),
        }
    }

    /// Sends a request and waits for the head of its response.
    pub(crate) async fn send(
        &mut self,
        request: FullRequest,
    ) -> Result<Response<Incoming>, SendError> {
        let result = match &mut self.protocol {
            Protocol::Http1(http1) => http1.send(request).await,
            Protocol::Http2(http2) => http2.send(request).await,
        };
        result.map_err(|mut error: TrySendError<FullRequest>| match error.take_message() {
            Some(request) => {
                let failure = self.driver().take_failure();
                SendError::HandedBack(
                    Box::new(request),
                    failure.unwrap_or_else(|| error.into_error()),
                )
            }
            None => SendError::Failed(exchange_failed(error.into_error(), self.has_responded())),
        })
    }

    fn driver(&self) -> &Driver {
        match &self.protocol {
            Protocol::Http1(http1) => http1.driver(),
            Protocol::Http2(http2) => http2.driver(),
        }
    }

    /// Returns `true` if the server has responded on this connection.
    fn has_responded(&self) -> bool {
        match &self.protocol {
            Protocol::Http1(http1) => http1.has_responded(),
            Protocol::Http2(http2) => http2.has_responded(),
        }
    }
}
