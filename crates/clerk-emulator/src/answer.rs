//! An answer, before it is known whether it will arrive.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::answer_body::AnswerBody;

/// Where Clerk puts the id under which its support finds a request.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("clerk-trace-id");

#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body }
    }

    /// The content type is bare on purpose: Clerk's JavaScript SDK does not read JSON that comes
    /// with a charset.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize, trace_id: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
            headers.insert(TRACE_ID, trace_id);
        }
        match serde_json::to_vec(body) {
            Ok(body) => Self::new(status, headers, body.into()),
            // Not to be reached: everything printed here was read from JSON or made of plain text.
            Err(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                headers,
                Bytes::from_static(b"{\"errors\":[]}"),
            ),
        }
    }

    pub(crate) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(crate) fn into_response(self) -> Response<AnswerBody> {
        Self::response(self.status, self.headers, AnswerBody::whole(self.body))
    }

    pub(crate) fn into_response_cut_after(self, bytes: usize) -> Response<AnswerBody> {
        Self::response(self.status, self.headers, AnswerBody::cut(self.body, bytes))
    }

    fn response(status: StatusCode, headers: HeaderMap, body: AnswerBody) -> Response<AnswerBody> {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}
