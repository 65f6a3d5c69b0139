use std::{fmt, time::Duration};

use http::StatusCode;

use super::{ClerkError, ErrorContext, Quoted};
use crate::domain::Claims;

/// A refusal by Clerk: a status other than 2xx with a `ClerkErrors` body, whatever its content
/// type.
///
/// Source: `ClerkErrors` in Clerk's Backend API specification, 2026-05-12.
pub struct ApiError {
    pub(super) context: Box<ErrorContext>,
    refusal: Refusal,
}

/// What Clerk said when it refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) errors: Vec<ClerkError>,
    pub(crate) meta: Box<Claims>,
    /// The beginning of the body, redacted.
    pub(crate) body: String,
}

impl ApiError {
    pub(super) fn new(context: ErrorContext, refusal: Refusal) -> Self {
        Self { context: Box::new(context), refusal }
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.refusal.status
    }

    /// Returns the errors that Clerk lists, in its order: the first 64, should there be more. The
    /// list may be empty.
    pub fn errors(&self) -> &[ClerkError] {
        &self.refusal.errors
    }

    /// Returns the details of the response as a whole; empty if there are none, or if they are
    /// longer than 4 KiB.
    pub fn meta(&self) -> &Claims {
        &self.refusal.meta
    }

    /// Returns the id by which Clerk's support can find the request: `clerk_trace_id`, or else the
    /// `Clerk-Trace-Id` or `cf-ray` header.
    pub fn trace_id(&self) -> Option<&str> {
        self.context.response.trace_id.as_deref()
    }

    /// Returns how long the server asked clients to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.context.response.retry_after
    }

    /// Returns the body, or its first 4 KiB if it is longer, with secrets redacted.
    pub fn body(&self) -> &str {
        &self.refusal.body
    }

    pub(super) fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

impl Refusal {
    pub(super) fn has_code(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.errors.iter().any(|error| matches(error.code()))
    }

    /// Returns `true` if an actor token is no longer pending.
    pub(crate) fn is_not_pending(&self) -> bool {
        self.has_code(|code| code.starts_with("actor_token_cannot_be_revoked"))
    }

    /// Returns `true` if Clerk does not know what the request is about.
    pub(crate) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clerk returned {}", self.status())?;
        if let Some(first) = self.errors().first() {
            write!(f, ": {first}")?;
        }
        self.context.write_after(f)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status())
            .field("errors", &self.errors())
            .field("meta", &format_args!("{}", Quoted(self.meta().as_json())))
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::{ApiError, Claims, ClerkError, Duration, ErrorContext, Refusal, StatusCode};
    use crate::error::ResponseInfo;

    #[test]
    fn every_part_is_accessible_and_debug_hides_the_body() {
        let response = ResponseInfo {
            trace_id: Some("trace".to_owned()),
            retry_after: Some(Duration::from_secs(7)),
            ..ResponseInfo::default()
        };
        let context = ErrorContext { response, ..ErrorContext::of_one_attempt() };
        let refusal = Refusal {
            status: StatusCode::BAD_REQUEST,
            errors: vec![ClerkError { code: "c".to_owned(), ..ClerkError::default() }],
            meta: Box::new(Claims::from_json(r#"{"a":1}"#).unwrap()),
            body: "the body".to_owned(),
        };
        let api = ApiError::new(context, refusal);
        assert_eq!(
            (api.status(), api.errors().len(), api.meta().as_json()),
            (StatusCode::BAD_REQUEST, 1, r#"{"a":1}"#)
        );
        assert_eq!(
            (api.trace_id(), api.retry_after(), api.body()),
            (Some("trace"), Some(Duration::from_secs(7)), "the body")
        );
        let refusal = api.refusal();
        assert!(refusal.has_code(|code| code == "c") && !refusal.has_code(|code| code == "d"));
        assert_eq!(
            api.to_string(),
            "Clerk returned 400 Bad Request: c; retry after 7s; trace id trace"
        );
        let shown = format!("{api:?}");
        assert!(
            shown.contains("\"c\"") && shown.contains("trace") && !shown.contains("the body"),
            "{shown}"
        );
    }
}
