use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// The id by which Clerk's support finds a request.
const TRACE_ID: HeaderName = HeaderName::from_static("clerk-trace-id");

/// Returns a JSON response.
///
/// The content type has no charset on purpose: Clerk's JavaScript SDK does not parse JSON that has
/// one.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    let (status, body) = match serde_json::to_vec(body) {
        Ok(body) => (status, Bytes::from(body)),
        // Unreachable: every body is made of strings, numbers and JSON that was parsed before.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Bytes::from_static(b"{\"errors\":[]}")),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// Adds the trace id to the headers of a response.
pub(crate) fn with_trace_id(mut response: Response<Bytes>, trace_id: &str) -> Response<Bytes> {
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        response.headers_mut().insert(TRACE_ID, trace_id);
    }
    response
}
