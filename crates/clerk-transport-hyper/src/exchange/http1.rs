use std::time::Duration;

use clerk_core::{
    bytes::Bytes,
    http::{HeaderValue, Response, Uri, Version, header::HOST, uri::PathAndQuery},
};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::{
        TrySendError,
        http1::{SendRequest, handshake},
    },
};

use super::{driver::Driver, keep_alive::max_idle, request::FullRequest};
use crate::connector::Stream;

/// An HTTP/1.1 connection, which carries one exchange at a time.
pub(crate) struct Http1 {
    sender: SendRequest<Full<Bytes>>,
    has_responded: bool,
    /// How long the connection may be idle, if the server said so.
    max_idle: Option<Duration>,
    driver: Driver,
}

impl Http1 {
    /// Starts HTTP/1.1 on a stream.
    pub(crate) async fn handshake(stream: Stream) -> Result<Self, hyper::Error> {
        let (sender, connection) = handshake(stream).await?;
        Ok(Self { sender, has_responded: false, max_idle: None, driver: Driver::spawn(connection) })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    pub(crate) fn ready(&mut self) -> impl Future<Output = Result<(), hyper::Error>> {
        self.sender.ready()
    }

    pub(super) fn driver(&self) -> &Driver {
        &self.driver
    }

    pub(crate) fn has_responded(&self) -> bool {
        self.has_responded
    }

    /// Returns how long the connection may be idle: at most `limit`, and less if the server closes
    /// it earlier.
    pub(crate) fn max_idle(&self, limit: Duration) -> Duration {
        self.max_idle.map_or(limit, |max_idle| max_idle.min(limit))
    }

    /// Sets the path as the target, and the `Host` header.
    pub(crate) fn set_target(request: &mut FullRequest, uri: &Uri, host: &HeaderValue) {
        let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = path.into();
        request.headers_mut().insert(HOST, host.clone());
        *request.version_mut() = Version::HTTP_11;
    }

    pub(crate) async fn send(
        &mut self,
        request: FullRequest,
    ) -> Result<Response<Incoming>, TrySendError<FullRequest>> {
        let result = self.sender.try_send_request(request).await;
        if let Ok(response) = &result {
            self.has_responded = true;
            self.max_idle = max_idle(response.headers()).or(self.max_idle);
        }
        result
    }
}
