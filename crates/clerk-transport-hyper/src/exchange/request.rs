use clerk_core::{HttpRequest, bytes::Bytes, http::Request};
use http_body_util::Full;

/// A request as hyper sends it.
pub(crate) type FullRequest = Request<Full<Bytes>>;

/// Converts a request of the port into one for hyper.
pub(crate) fn full_request(request: HttpRequest) -> FullRequest {
    request.map(|body| Full::new(body.into_bytes()))
}
