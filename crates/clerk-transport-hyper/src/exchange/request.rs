use clerk_core::{HttpRequest, http::Request};

use super::request_body::RequestBody;

/// A request as hyper sends it.
pub(crate) type FullRequest = Request<RequestBody>;

/// Converts a request of `HttpTransport` into one for hyper.
pub(crate) fn full_request(request: HttpRequest) -> FullRequest {
    request.map(|body| RequestBody(body.into_bytes()))
}
