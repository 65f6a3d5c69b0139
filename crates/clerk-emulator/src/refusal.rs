//! The answers that say no, as Clerk's `ClerkErrors`.
//!
//! Codes and texts marked *documented* stand in Clerk's documentation of its errors. The others are
//! guesses at what Clerk would say, close enough for a client to be tested against: branch on the
//! status, not on their code.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::response;

type Text = Cow<'static, str>;

/// A status and the errors to say with it.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    errors: Vec<ClerkError>,
}

/// `ClerkError` of Clerk's OpenAPI description.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ClerkError {
    message: Text,
    long_message: Text,
    code: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Debug, Clone, Serialize)]
struct Meta {
    param_name: String,
}

/// `ClerkErrors` of Clerk's OpenAPI description.
#[derive(Serialize)]
struct ClerkErrors<'a> {
    errors: &'a [ClerkError],
    clerk_trace_id: &'a str,
}

impl ClerkError {
    fn new(code: impl Into<Text>, message: impl Into<Text>, long_message: impl Into<Text>) -> Self {
        Self {
            message: message.into(),
            long_message: long_message.into(),
            code: code.into(),
            meta: None,
        }
    }

    fn about(self, param_name: &str) -> Self {
        Self { meta: Some(Meta { param_name: param_name.to_owned() }), ..self }
    }

    /// Documented.
    pub(crate) fn param_missing(name: &str) -> Self {
        Self::new("form_param_missing", "is missing", format!("{name} must be included."))
            .about(name)
    }

    /// Documented.
    pub(crate) fn param_value_invalid(name: &str) -> Self {
        Self::new("form_param_value_invalid", "is invalid", format!("{name} is invalid"))
            .about(name)
    }

    /// The code is Clerk's; the texts are not certain.
    pub(crate) fn param_unknown(name: &str) -> Self {
        let long_message = format!("{name} is not a valid parameter for this request.");
        Self::new("form_param_unknown", "is unknown", long_message).about(name)
    }
}

impl Refusal {
    fn new(status: StatusCode, error: ClerkError) -> Self {
        Self { status, errors: vec![error] }
    }

    pub(crate) fn any(status: StatusCode, code: String) -> Self {
        Self::new(
            status,
            ClerkError::new(code, "refused", "The emulator was told to refuse this request."),
        )
    }

    pub(crate) fn form(errors: Vec<ClerkError>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors }
    }

    /// Documented.
    pub(crate) fn user_not_found(id: &str) -> Self {
        let long_message = format!("No user was found with id {id}");
        Self::new(
            StatusCode::NOT_FOUND,
            ClerkError::new("resource_not_found", "not found", long_message),
        )
    }

    /// Documented for actor tokens; the emulator says the same of a path that it does not know.
    pub(crate) fn not_found() -> Self {
        let error = ClerkError::new("resource_not_found", "not found", "Resource not found");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// Documented. `status` is one of Clerk's three, or the emulator's "expired".
    pub(crate) fn cannot_be_revoked(status: &str) -> Self {
        let long_message = format!(
            "Actor token cannot be revoked because its status is {status}. Only pending tokens can be revoked."
        );
        let error =
            ClerkError::new("actor_token_cannot_be_revoked_code", "cannot revoke", long_message);
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// The code and both texts are what people report who have sent a wrong key; that the status is
    /// 401 is likely.
    pub(crate) fn secret_key_invalid() -> Self {
        const TEXT: &str = "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.";
        Self::new(StatusCode::UNAUTHORIZED, ClerkError::new("clerk_key_invalid", TEXT, TEXT))
    }

    /// The texts are documented; which code a missing key gets is not certain.
    pub(crate) fn not_authenticated() -> Self {
        let error = ClerkError::new(
            "authentication_invalid",
            "Invalid authentication",
            "Unable to authenticate the request, you need to supply an active session",
        );
        Self::new(StatusCode::UNAUTHORIZED, error)
    }

    /// The texts are documented; status and code are not certain.
    pub(crate) fn authorization_format_invalid() -> Self {
        let error = ClerkError::new(
            "authorization_header_format_invalid",
            "Invalid Authorization header format",
            "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
        );
        Self::new(StatusCode::UNAUTHORIZED, error)
    }

    /// Not certain.
    pub(crate) fn body_invalid() -> Self {
        let error = ClerkError::new(
            "request_body_invalid",
            "Request body invalid",
            "The request body is invalid. Please consult the API documentation for more information.",
        );
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// Not certain.
    pub(crate) fn content_type_unsupported() -> Self {
        let error = ClerkError::new(
            "unsupported_content_type",
            "Content-Type not supported",
            "The Content-Type of this request must be application/json.",
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error)
    }

    /// Not certain.
    pub(crate) fn body_too_large(limit: usize) -> Self {
        let long_message = format!("The request body must not be larger than {limit} bytes.");
        let error =
            ClerkError::new("request_body_too_large", "Request body too large", long_message);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    /// Not certain.
    pub(crate) fn method_not_allowed() -> Self {
        let error = ClerkError::new(
            "method_not_allowed",
            "Method not allowed",
            "This path can only be used with POST.",
        );
        Self::new(StatusCode::METHOD_NOT_ALLOWED, error)
    }

    /// Clerk documents the status, not the code. This one is what Clerk's documentation of its
    /// billing errors calls a plan that lacks a feature.
    pub(crate) fn plan_lacks_impersonation() -> Self {
        let error = ClerkError::new(
            "unsupported_subscription_plan_features",
            "Unsupported plan features",
            "Some features are not supported in your current plan. Upgrade your subscription to unlock them.",
        );
        Self::new(StatusCode::PAYMENT_REQUIRED, error)
    }

    /// Clerk documents that there is a quota and that the status is 422. The code is made up.
    pub(crate) fn quota_used_up() -> Self {
        let error = ClerkError::new(
            "impersonation_quota_exceeded",
            "quota exceeded",
            "The monthly quota of impersonations has been used up.",
        );
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }

    /// Status, code and header are documented; the texts are not certain.
    pub(crate) fn too_many_requests() -> Self {
        let error = ClerkError::new(
            "too_many_requests",
            "Too many requests",
            "Too many requests. Please try again in a bit.",
        );
        Self::new(StatusCode::TOO_MANY_REQUESTS, error)
    }

    /// The emulator's own: a test asked for something that HTTP cannot say.
    pub(crate) fn fault_cannot_be_sent(what: &str) -> Self {
        let error = ClerkError::new(
            "emulator_fault_cannot_be_sent",
            "fault cannot be sent",
            format!("The injected fault has a {what} that cannot be sent."),
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }

    pub(crate) fn to_response(&self, trace_id: &str) -> Response<Bytes> {
        let body = ClerkErrors { errors: &self.errors, clerk_trace_id: trace_id };
        let mut response = response::json(self.status, &body);
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            // RFC 9110, section 15.5.6: a 405 must list the allowed methods.
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response::with_trace_id(response, trace_id)
    }
}
