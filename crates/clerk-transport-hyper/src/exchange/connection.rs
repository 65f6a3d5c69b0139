use clerk_core::{
    HttpResponse,
    http::{HeaderValue, Uri},
};

use super::{Http1, Http2, Slot, request::FullRequest, send_error::SendError};

/// A connection for one exchange: all of it over HTTP/1.1, one of its streams over HTTP/2.
pub(crate) struct Connection {
    protocol: Protocol,
    /// Whether it has been in the pool or carried an exchange. If so, the server may have closed it
    /// since.
    is_reused: bool,
}

pub(crate) enum Protocol {
    Http1(Http1),
    Http2(Slot),
}

impl Connection {
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self { protocol, is_reused: false }
    }

    pub(crate) fn reused(protocol: Protocol) -> Self {
        Self { protocol, is_reused: true }
    }

    pub(crate) fn is_reused(&self) -> bool {
        self.is_reused
    }

    pub(crate) fn into_protocol(self) -> Protocol {
        self.protocol
    }

    /// Returns `true` if nothing has arrived from the server that was not read yet, not even the
    /// end of the connection.
    pub(crate) fn is_quiet(&self) -> bool {
        match &self.protocol {
            Protocol::Http1(http1) => http1.is_quiet(),
            Protocol::Http2(slot) => slot.is_quiet(),
        }
    }

    /// Returns `true` if the connection can take a request now: it is open, and done with all
    /// earlier exchanges that it cannot share.
    pub(crate) fn is_ready(&mut self) -> bool {
        match &mut self.protocol {
            Protocol::Http1(http1) => http1.is_ready(),
            Protocol::Http2(slot) => slot.is_ready(),
        }
    }

    /// Sets the target of a request to an origin, in the form that the protocol requires. Only the
    /// path of the earlier target counts.
    pub(crate) fn set_target(&self, request: &mut FullRequest, origin: &Uri, host: &HeaderValue) {
        match &self.protocol {
            Protocol::Http1(_) => Http1::set_target(request, host),
            Protocol::Http2(_) => Http2::set_target(request, origin),
        }
    }

    /// Sends a request and reads the response, up to `max_bytes` of its body.
    pub(crate) async fn exchange(
        &mut self,
        request: FullRequest,
        max_bytes: usize,
    ) -> Result<HttpResponse, SendError> {
        match &mut self.protocol {
            Protocol::Http1(http1) => http1.exchange(request, max_bytes).await,
            Protocol::Http2(slot) => slot.exchange(request, max_bytes).await,
        }
    }
}
