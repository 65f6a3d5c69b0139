use std::fmt;

use http::StatusCode;

use super::{ErrorContext, Reason};

/// A response that does not fit the request: a status other than 2xx without a `ClerkErrors` body,
/// or a success that is not what was asked for.
pub struct UnexpectedResponse {
    pub(super) context: Box<ErrorContext>,
    response: Unexpected,
}

/// The response itself.
#[derive(Debug)]
pub(crate) struct Unexpected {
    pub(crate) status: StatusCode,
    pub(crate) reason: Reason,
    /// The length of the whole body, in bytes.
    pub(crate) body_length: usize,
    /// The beginning of the body, redacted; empty for a success.
    pub(crate) body: String,
}

impl UnexpectedResponse {
    pub(super) fn new(context: ErrorContext, response: Unexpected) -> Self {
        Self { context: Box::new(context), response }
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the body, or its first 4 KiB if it is longer, with secrets redacted. The body of a
    /// success may be a credential, so it is not kept, and this is empty.
    pub fn body(&self) -> &str {
        &self.response.body
    }

    /// Returns the length of the whole body, in bytes.
    pub fn body_length(&self) -> usize {
        self.response.body_length
    }
}

impl fmt::Display for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unexpected { status, reason, body_length, .. } = &self.response;
        let status = status.as_u16();
        write!(f, "unexpected {status} response of {body_length} bytes: {reason}")?;
        self.context.write_after_with_host(f)
    }
}

impl fmt::Debug for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnexpectedResponse")
            .field("status", &self.response.status)
            .field("reason", &self.response.reason)
            .field("body_length", &self.response.body_length)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for UnexpectedResponse {}

#[cfg(test)]
mod tests {
    use super::{ErrorContext, Reason, StatusCode, Unexpected, UnexpectedResponse};

    #[test]
    fn the_response_is_described_and_its_body_is_not_shown() {
        let response = Unexpected {
            status: StatusCode::BAD_GATEWAY,
            reason: Reason::NotClerkErrors,
            body_length: 8,
            body: "the body".to_owned(),
        };
        let error = UnexpectedResponse::new(ErrorContext::of_one_attempt(), response);
        assert_eq!(
            (error.status().as_u16(), error.body(), error.body_length()),
            (502, "the body", 8)
        );
        assert_eq!(
            error.to_string(),
            "unexpected 502 response of 8 bytes: body is not a Clerk error (api.clerk.com:443)"
        );
        let shown = format!("{error:?}");
        assert!(shown.contains("502") && !shown.contains("the body"), "{shown}");
    }
}
