//! What a transport does with a service, and what it knows of a request, without a network.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is wrong")]

use std::{
    convert::Infallible,
    future::{Ready, pending, ready},
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use clerk_core::{
    Attempt, HttpRequest, HttpTransport, SendProgress, Sent, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{Request, Response},
};
use clerk_transport_tower::{RequestBody, TowerTransport};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use tower::{Service, service_fn};

type Reply = Response<Full<&'static [u8]>>;

fn request() -> HttpRequest {
    let mut request = HttpRequest::new("body_canary".into());
    Attempt::new("operation", 1, None).attach(&mut request);
    request
}

async fn failure(transport: &impl HttpTransport) -> (TransportErrorKind, Sent) {
    let error = transport.send(request()).await.unwrap_err();
    (error.kind(), error.sent())
}

/// Returns what the progress says while the service waits.
fn sent_while_waiting(transport: &impl HttpTransport) -> Sent {
    let request = request();
    let progress = SendProgress::of(&request);
    let mut call = pin!(transport.send(request));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    progress.sent()
}

/// A service whose clones are not ready at first, and must not be called before they are.
#[derive(Debug)]
struct ReadyLate {
    polls: usize,
}

impl Clone for ReadyLate {
    fn clone(&self) -> Self {
        assert_eq!(self.polls, 0, "the original was used");
        Self { polls: 0 }
    }
}

impl Service<Request<RequestBody>> for ReadyLate {
    type Response = Reply;
    type Error = Infallible;
    type Future = Ready<Result<Reply, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.polls += 1;
        if self.polls < 3 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        assert_eq!(self.polls, 3);
        ready(Ok(Response::new(Full::new(b"x"))))
    }
}

#[tokio::test]
async fn a_call_waits_until_its_clone_is_ready() {
    let transport = TowerTransport::new(ReadyLate { polls: 0 });
    for _ in 0..2 {
        assert_eq!(transport.send(request()).await.unwrap().body().as_ref(), b"x");
    }
}

/// A service that is never ready and cannot be called.
#[derive(Clone, Debug)]
struct NeverReady;

impl Service<Request<RequestBody>> for NeverReady {
    type Response = Reply;
    type Error = io::Error;
    type Future = Ready<Result<Reply, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        unreachable!("called although it is not ready")
    }
}

#[tokio::test]
async fn a_request_was_not_sent_if_the_service_is_not_ready() {
    let expected = (TransportErrorKind::Connect, Sent::No);
    assert_eq!(failure(&TowerTransport::new(NeverReady)).await, expected);
}

#[tokio::test]
async fn a_request_was_not_sent_if_its_body_was_not_read() {
    let unread = service_fn(async |request: Request<RequestBody>| {
        assert_eq!(request.body().size_hint().exact(), Some(11));
        Err::<Reply, _>(io::Error::from(io::ErrorKind::ConnectionRefused))
    });
    assert_eq!(
        failure(&TowerTransport::new(unread)).await,
        (TransportErrorKind::Connect, Sent::No)
    );
    // Whatever the caller's own function says.
    let other = |error| TransportError::new(TransportErrorKind::Other, error);
    assert_eq!(
        failure(&TowerTransport::with(unread, other)).await,
        (TransportErrorKind::Other, Sent::No)
    );
}

#[tokio::test]
async fn a_request_may_have_been_sent_once_its_body_is_read() {
    let read = service_fn(async |request: Request<RequestBody>| {
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), "body_canary");
        Err::<Reply, _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    assert_eq!(failure(&TowerTransport::new(read)).await, (TransportErrorKind::Io, Sent::Maybe));
    // The caller's own function may know better.
    let certain = |error| TransportError::new(TransportErrorKind::Other, error).with_sent(Sent::No);
    assert_eq!(
        failure(&TowerTransport::with(read, certain)).await,
        (TransportErrorKind::Other, Sent::No)
    );
}

#[test]
fn a_service_that_waits_with_the_body_has_not_sent_it() {
    let connecting = service_fn(async |request: Request<RequestBody>| {
        pending::<()>().await;
        drop(request);
        Ok::<Reply, Infallible>(Response::default())
    });
    assert_eq!(sent_while_waiting(&TowerTransport::new(connecting)), Sent::No);
}

#[test]
fn a_service_that_waits_after_reading_the_body_may_have_sent_it() {
    let sending = service_fn(async |request: Request<RequestBody>| {
        assert!(!request.body().is_end_stream());
        pending::<()>().await;
        drop(request);
        Ok::<Reply, Infallible>(Response::default())
    });
    assert_eq!(sent_while_waiting(&TowerTransport::new(sending)), Sent::Maybe);
}

#[test]
fn a_service_that_waits_without_the_body_may_have_sent_the_request() {
    let head_only = service_fn(async |request: Request<RequestBody>| {
        drop(request);
        pending::<()>().await;
        Ok::<Reply, Infallible>(Response::default())
    });
    assert_eq!(sent_while_waiting(&TowerTransport::new(head_only)), Sent::Maybe);
}

/// The body of a response that never ends, of a service that keeps the request.
struct Endless(Request<RequestBody>);

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        self.0.body().size_hint()
    }
}

#[test]
fn a_request_was_sent_once_there_is_a_response() {
    let responding = service_fn(async |request: Request<RequestBody>| {
        Ok::<_, Infallible>(Response::new(Endless(request)))
    });
    assert_eq!(sent_while_waiting(&TowerTransport::new(responding)), Sent::Maybe);
}

#[tokio::test]
async fn a_layer_learns_the_operation() {
    let naming = service_fn(async |request: Request<RequestBody>| {
        let operation = request.body().attempt().unwrap().operation();
        Ok::<_, Infallible>(Response::new(Full::new(operation.as_bytes())))
    });
    let response = TowerTransport::new(naming).send(request()).await.unwrap();
    assert_eq!(response.body().as_ref(), b"operation");
}

#[test]
fn debug_shows_nothing_of_the_service() {
    let shown = format!("{:?}", TowerTransport::new(NeverReady));
    assert_eq!(shown, "TowerTransport { max_response_bytes: 1048576, .. }");
}
