use std::{mem, time::Duration};

use clerk_core::{
    HttpResponse,
    http::{HeaderValue, Version, header::HOST, uri::PathAndQuery},
};
use hyper::client::conn::http1::{SendRequest, handshake};

use super::{
    classify::{exchange_failed, handed_back},
    driver::Driver,
    keep_alive::max_idle,
    request::FullRequest,
    request_body::RequestBody,
    response::read_response,
    send_error::SendError,
};
use crate::connector::{Probe, Stream};

/// An HTTP/1.1 connection, which carries one exchange at a time.
pub(crate) struct Http1 {
    sender: SendRequest<RequestBody>,
    has_responded: bool,
    /// How long the connection may be idle, if the server said so.
    max_idle: Option<Duration>,
    probe: Option<Probe>,
    driver: Driver,
}

impl Http1 {
    /// Starts HTTP/1.1 on a stream.
    pub(crate) async fn handshake(stream: Stream) -> Result<Self, hyper::Error> {
        let probe = stream.probe();
        let (sender, connection) = handshake(stream).await?;
        let driver = Driver::spawn(connection);
        Ok(Self { sender, has_responded: false, max_idle: None, probe, driver })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.probe.as_ref().is_some_and(Probe::is_quiet)
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Waits until the connection is ready, and returns it unless it is closed instead.
    pub(crate) async fn settle(mut self) -> Option<Self> {
        self.sender.ready().await.is_ok().then_some(self)
    }

    /// Returns how long the connection may be idle: at most `limit`, and less if the server closes
    /// it earlier.
    pub(crate) fn max_idle(&self, limit: Duration) -> Duration {
        self.max_idle.map_or(limit, |max_idle| max_idle.min(limit))
    }

    /// Sets the path as the target, and the `Host` header.
    pub(crate) fn set_target(request: &mut FullRequest, host: &HeaderValue) {
        // Moved, because a copy takes a block of memory.
        let path = mem::take(request.uri_mut()).into_parts().path_and_query;
        *request.uri_mut() = path.unwrap_or_else(|| PathAndQuery::from_static("/")).into();
        request.headers_mut().insert(HOST, host.clone());
        *request.version_mut() = Version::HTTP_11;
    }

    /// Sends a request and reads the response, up to `max_bytes` of its body.
    pub(crate) async fn exchange(
        &mut self,
        request: FullRequest,
        max_bytes: usize,
    ) -> Result<HttpResponse, SendError> {
        match self.sender.try_send_request(request).await {
            Ok(response) => {
                self.has_responded = true;
                self.max_idle = max_idle(response.headers()).or(self.max_idle);
                read_response(response, max_bytes).await.map_err(SendError::Failed)
            }
            Err(mut error) => Err(match error.take_message() {
                Some(request) => {
                    let failure = self.driver.take_failure();
                    let error = failure.unwrap_or_else(|| error.into_error());
                    SendError::HandedBack(Box::new(request), handed_back(error))
                }
                None => SendError::Failed(exchange_failed(error.into_error(), self.has_responded)),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use clerk_core::HttpRequest;
    use tokio::io::AsyncWriteExt as _;

    use super::{Http1, SendError, Stream};
    use crate::{connector::settle, exchange::full_request};

    #[tokio::test]
    async fn a_request_after_the_end_is_handed_back_with_the_reason_of_the_end() {
        let (stream, mut server) = Stream::in_memory(false);
        let mut http1 = Http1::handshake(stream).await.unwrap();
        server.write_all(b"unasked").await.unwrap();
        settle().await;
        assert!(http1.is_closed());
        let result = http1.exchange(full_request(HttpRequest::default()), 100).await;
        let Err(SendError::HandedBack(_, error)) = result else { panic!("it was taken") };
        // Without the reason, it would be one that was cancelled.
        let reason = error.source().unwrap().downcast_ref::<hyper::Error>().unwrap();
        assert!(!reason.is_canceled(), "{reason:?}");
    }
}
