use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clerk_core::{
    HttpResponse, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{HeaderValue, Request, Response, Uri, Version, header::HOST, uri::PathAndQuery},
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    body::{Body as _, Incoming},
    client::conn::{TrySendError, http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::{
    classify::{answer_failed, exchange_failed},
    connect::{BoxError, Stream},
};

pub(crate) type FullRequest = Request<Full<Bytes>>;

/// How often an HTTP/2 connection with open streams is pinged, and for how long an answer is waited
/// for.
const PING: std::time::Duration = std::time::Duration::from_secs(5);

/// Is a connection that a call may use: one of its own over HTTP/1.1, a share of the one over
/// HTTP/2.
pub(crate) struct Connection {
    protocol: Protocol,
    /// Whether it has carried a call before, so that the server may have closed it meanwhile.
    used: bool,
}

pub(crate) enum Protocol {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(Http2),
}

/// Is a share of an HTTP/2 connection.
#[derive(Clone)]
pub(crate) struct Http2 {
    sender: http2::SendRequest<Full<Bytes>>,
    /// Whether it has answered any call. Every share has it, so that their count tells whether
    /// anybody uses the connection.
    answered: Arc<AtomicBool>,
}

/// Why a request has no answer.
pub(crate) enum Failed {
    /// It comes back, and not a byte of it was written.
    Unwritten(Box<FullRequest>, hyper::Error),
    /// It may have been written.
    Written(TransportError),
}

impl Connection {
    /// Begins to speak HTTP on a new connection, whose own task ends with it.
    pub(crate) async fn begin(stream: Stream) -> Result<Self, hyper::Error> {
        let protocol = if stream.is_http2() {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
            let (sender, connection) = builder.handshake(stream).await?;
            tokio::spawn(connection);
            Protocol::Http2(Http2 { sender, answered: Arc::default() })
        } else {
            let (sender, connection) = http1::handshake(stream).await?;
            tokio::spawn(connection);
            Protocol::Http1(sender)
        };
        Ok(Self { protocol, used: false })
    }

    pub(crate) fn reused(protocol: Protocol) -> Self {
        Self { protocol, used: true }
    }

    pub(crate) fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    pub(crate) fn into_protocol(self) -> Protocol {
        self.protocol
    }

    pub(crate) fn was_used(&self) -> bool {
        self.used
    }

    /// Tells whether it has answered a call.
    fn has_answered(&self) -> bool {
        match &self.protocol {
            Protocol::Http1(_) => self.used,
            Protocol::Http2(http2) => http2.answered.load(Ordering::Relaxed),
        }
    }

    /// Waits until it can take a request, or finds that it is closed.
    pub(crate) async fn ready(&mut self) -> Result<(), hyper::Error> {
        match &mut self.protocol {
            Protocol::Http1(sender) => sender.ready().await,
            Protocol::Http2(http2) => http2.sender.ready().await,
        }
    }

    /// Puts the target where the protocol wants it: path and `Host`, or the whole URI.
    pub(crate) fn frame(&self, request: &mut FullRequest, uri: &Uri, host: &HeaderValue) {
        match &self.protocol {
            Protocol::Http1(_) => {
                let path =
                    uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
                *request.uri_mut() = path.into();
                request.headers_mut().insert(HOST, host.clone());
                *request.version_mut() = Version::HTTP_11;
            }
            Protocol::Http2(_) => {
                *request.uri_mut() = uri.clone();
                request.headers_mut().remove(HOST);
                *request.version_mut() = Version::HTTP_2;
            }
        }
    }

    pub(crate) async fn send(
        &mut self,
        request: FullRequest,
    ) -> Result<Response<Incoming>, Failed> {
        let result = match &mut self.protocol {
            Protocol::Http1(sender) => sender.try_send_request(request).await,
            Protocol::Http2(http2) => {
                let result = http2.sender.try_send_request(request).await;
                http2.answered.fetch_or(result.is_ok(), Ordering::Relaxed);
                result
            }
        };
        result.map_err(|mut error: TrySendError<FullRequest>| match error.take_message() {
            Some(request) => Failed::Unwritten(Box::new(request), error.into_error()),
            None => Failed::Written(exchange_failed(error.into_error(), self.has_answered())),
        })
    }
}

impl Http2 {
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Tells whether no call holds a share; the pool's own does not count.
    pub(crate) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.answered) == 1
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.answered, &other.answered)
    }
}

/// Reads the whole body, as long as it is no larger than it may be.
pub(crate) async fn receive(
    response: Response<Incoming>,
    max_bytes: usize,
) -> Result<HttpResponse, TransportError> {
    let (head, body) = response.into_parts();
    let promised = body.size_hint().exact();
    match gather(Limited::new(body, max_bytes)).await {
        // Over HTTP/2, hyper takes a stream that was reset without an error for one that has ended.
        Ok(body) if promised.is_some_and(|promised| promised != body.len() as u64) => {
            let cause = "the body is shorter than its content-length";
            Err(TransportError::new(TransportErrorKind::Incomplete, cause).with_head(head))
        }
        Ok(body) => Ok(Response::from_parts(head, body.into())),
        Err(error) => Err(answer_failed(error).with_head(head)),
    }
}

/// Gathers a body. One that comes in a single piece, as nearly all do, is handed on as it is.
async fn gather(mut body: Limited<Incoming>) -> Result<Bytes, BoxError> {
    let first = match body.frame().await {
        // What is no data are trailers, of which nothing is wanted.
        Some(frame) => frame?.into_data().unwrap_or_default(),
        None => Bytes::new(),
    };
    let rest = body.collect().await?.to_bytes();
    Ok(if rest.is_empty() { first } else { [first, rest].concat().into() })
}
