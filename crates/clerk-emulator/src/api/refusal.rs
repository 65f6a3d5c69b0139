use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

use super::{
    clerk_error::{ClerkError, ClerkErrors},
    response,
};
use crate::state::SessionStatus;

/// A response other than success: a status and a `ClerkErrors` body.
///
/// "Documented" means that Clerk's documentation of its errors lists the code and the messages. All
/// others are guesses, close enough to test a client against: branch on the status, not on the
/// code.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    errors: Vec<ClerkError>,
    /// RFC 9110, section 15.5.6: a 405 must list the allowed methods.
    allow: Option<HeaderValue>,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
        long_message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of(status, vec![ClerkError::new(code, message, long_message)])
    }

    pub(crate) fn unprocessable(errors: Vec<ClerkError>) -> Self {
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, errors)
    }

    fn of(status: StatusCode, errors: Vec<ClerkError>) -> Self {
        Self { status, errors, allow: None }
    }

    /// Documented.
    pub(crate) fn user_not_found(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resource_not_found",
            "not found",
            format!("No user was found with id {id}"),
        )
    }

    /// Documented for actor tokens, and also used for unknown paths.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource_not_found", "not found", "Resource not found")
    }

    /// Documented. `status` is one of Clerk's three, or the emulator's "expired".
    pub(crate) fn cannot_be_revoked(status: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "actor_token_cannot_be_revoked_code",
            "cannot revoke",
            format!(
                "Actor token cannot be revoked because its status is {status}. Only pending tokens can be revoked."
            ),
        )
    }

    /// The status and the code are documented, the messages are guesses.
    pub(crate) fn session_not_found(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resource_not_found",
            "Session not found",
            format!("No session was found with id {id}"),
        )
    }

    /// A guess, after that for actor tokens. Clerk documents a 400 without saying when it occurs.
    pub(crate) fn session_cannot_be_revoked(status: SessionStatus) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "session_cannot_be_revoked",
            "cannot revoke",
            format!("Session cannot be revoked because its status is {status}."),
        )
    }

    /// The code and the messages are those that people who sent a wrong key report; the status is
    /// a likely guess.
    pub(crate) fn secret_key_invalid() -> Self {
        const MESSAGE: &str = "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.";
        Self::new(StatusCode::UNAUTHORIZED, "clerk_key_invalid", MESSAGE, MESSAGE)
    }

    /// The messages are documented; the code of a missing key is a guess.
    pub(crate) fn not_authenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_invalid",
            "Invalid authentication",
            "Unable to authenticate the request, you need to supply an active session",
        )
    }

    /// The messages are documented; the status and the code are guesses.
    pub(crate) fn authorization_format_invalid() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authorization_header_format_invalid",
            "Invalid Authorization header format",
            "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
        )
    }

    /// The emulator's own: Clerk has no such restriction.
    pub(crate) fn host_not_loopback() -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "emulator_host_not_loopback",
            "host is not loopback",
            "The emulator serves only requests for localhost, 127.0.0.1 or [::1], with any port. Use one of these as the host of the base URL.",
        )
    }

    /// A guess.
    pub(crate) fn body_invalid() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "request_body_invalid",
            "Request body invalid",
            "The request body is invalid. Please consult the API documentation for more information.",
        )
    }

    /// A guess.
    pub(crate) fn content_type_unsupported(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_content_type",
            "Content-Type not supported",
            format!("The Content-Type of this request must be {expected}."),
        )
    }

    /// A guess.
    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_body_too_large",
            "Request body too large",
            format!("The request body must not be larger than {limit} bytes."),
        )
    }

    /// A guess.
    pub(crate) fn method_not_allowed(allowed: &Method) -> Self {
        let refusal = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Method not allowed",
            format!("This path can only be used with {allowed}."),
        );
        Self { allow: HeaderValue::from_str(allowed.as_str()).ok(), ..refusal }
    }

    /// The status is documented; the code is the one that Clerk's documentation of billing errors
    /// lists for a plan that lacks a feature.
    pub(crate) fn plan_lacks_impersonation() -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "unsupported_subscription_plan_features",
            "Unsupported plan features",
            "Some features are not supported in your current plan. Upgrade your subscription to unlock them.",
        )
    }

    /// Documented.
    pub(crate) fn quota_used_up() -> Self {
        Self::unprocessable(vec![ClerkError::impersonation_limit_exceeded()])
    }

    /// The status, the code and the `Retry-After` header are documented; the messages are guesses.
    pub(crate) fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
            "Too many requests. Please try again in a bit.",
        )
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the sentence that explains the first error.
    pub(crate) fn long_message(&self) -> &str {
        self.errors.first().map_or("", ClerkError::long_message)
    }

    pub(crate) fn to_response(&self, trace_id: &str) -> Response<Bytes> {
        let body = ClerkErrors { errors: &self.errors, clerk_trace_id: trace_id };
        let mut response = response::json(self.status, &body);
        if let Some(allow) = &self.allow {
            response.headers_mut().insert(header::ALLOW, allow.clone());
        }
        response::with_trace_id(response, trace_id)
    }
}
