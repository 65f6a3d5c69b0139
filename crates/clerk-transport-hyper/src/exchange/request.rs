use std::task::{Context, Poll, Waker};

use clerk_core::{HttpRequest, bytes::Bytes, http::Request};
use http_body_util::Full;
use hyper::body::Body as _;

/// A request as hyper sends it.
pub(crate) type FullRequest = Request<Full<Bytes>>;

/// Converts a request of `HttpTransport` into one for hyper.
pub(crate) fn full_request(request: HttpRequest) -> FullRequest {
    request.map(|body| Full::new(body.into_bytes()))
}

/// Returns the bytes of a body. It has a single frame, which is always ready.
pub(crate) fn into_bytes(mut body: Full<Bytes>) -> Bytes {
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::Pin::new(&mut body).poll_frame(&mut context) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    }
}
