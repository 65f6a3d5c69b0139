use std::{fmt, time::Duration};

use http::StatusCode;

use super::{Stamp, stamp::Quoted};
use crate::domain::Claims;

/// Says that Clerk refused: an answer from 300 up with a `ClerkErrors` body, whatever its content
/// type.
///
/// Source: `ClerkErrors` in Clerk's Backend API specification, 2026-05-12.
pub struct ApiError {
    pub(super) stamp: Box<Stamp>,
    status: StatusCode,
    errors: Vec<ClerkError>,
    meta: Box<Claims>,
    body: String,
}

impl ApiError {
    pub(crate) fn new(
        stamp: Stamp,
        status: StatusCode,
        errors: Vec<ClerkError>,
        meta: Claims,
        body: String,
    ) -> Self {
        Self { stamp: Box::new(stamp), status, errors, meta: Box::new(meta), body }
    }

    /// Gives the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Gives what Clerk lists, in its order; may be empty.
    pub fn errors(&self) -> &[ClerkError] {
        &self.errors
    }

    /// Gives what Clerk says about the answer as a whole; empty if it says nothing.
    pub fn meta(&self) -> &Claims {
        &self.meta
    }

    /// Gives the id by which Clerk's support finds the request: `clerk_trace_id`, or else the
    /// header `Clerk-Trace-Id` or `cf-ray`.
    pub fn trace_id(&self) -> Option<&str> {
        self.stamp.trace_id.as_deref()
    }

    /// Tells for how long Clerk wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.stamp.retry_after
    }

    /// Gives the body as it came, at most 4 KiB of it, with secrets scrubbed.
    pub fn body(&self) -> &str {
        &self.body
    }

    pub(super) fn has_code(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.errors.iter().any(|error| matches(&error.code))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clerk refused with {}", self.status)?;
        if let Some(first) = self.errors.first() {
            write!(f, ", {first}")?;
        }
        write!(f, "{}", self.stamp)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("errors", &self.errors)
            .field("meta", &self.meta)
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// Is one entry of what Clerk lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClerkError {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) long_message: Option<String>,
    pub(crate) meta: Claims,
}

impl ClerkError {
    /// Gives the code to branch on, like `resource_not_found`; empty if Clerk left it out.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Gives the short text, like `not found`; empty if Clerk left it out.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Gives the text that is meant for people, if there is one.
    pub fn long_message(&self) -> Option<&str> {
        self.long_message.as_deref()
    }

    /// Gives the details, like `{"param_name":"actor.sub"}`; empty if there are none.
    pub fn meta(&self) -> &Claims {
        &self.meta
    }
}

impl fmt::Display for ClerkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.long_message().unwrap_or(self.message());
        match (self.code(), text) {
            (code, "") => write!(f, "{}", Quoted(code)),
            ("", text) => write!(f, "{}", Quoted(text)),
            (code, text) => write!(f, "{}: {}", Quoted(code), Quoted(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiError, Claims, ClerkError, Duration, Stamp, StatusCode};

    #[test]
    fn an_entry_reads_well_whatever_is_missing() {
        let entry = |code: &str, message: &str, long_message: Option<&str>| ClerkError {
            code: code.to_owned(),
            message: message.to_owned(),
            long_message: long_message.map(str::to_owned),
            ..ClerkError::default()
        };
        assert_eq!(entry("c", "short", Some("Long.")).to_string(), "c: Long.");
        assert_eq!(entry("c", "short", None).to_string(), "c: short");
        assert_eq!(entry("c", "", None).to_string(), "c");
        assert_eq!(entry("", "short", None).to_string(), "short");
    }

    #[test]
    fn what_clerk_said_can_be_asked_for_and_debug_leaves_out_the_body() {
        let stamp = Stamp {
            trace_id: Some("trace".to_owned()),
            retry_after: Some(Duration::from_secs(7)),
            ..Stamp::default()
        };
        let entry = ClerkError { code: "c".to_owned(), ..ClerkError::default() };
        let meta = Claims::from_json(r#"{"a":1}"#).unwrap();
        let api =
            ApiError::new(stamp, StatusCode::BAD_REQUEST, vec![entry], meta, "the body".to_owned());
        assert_eq!(
            (api.status(), api.errors().len(), api.meta().as_json()),
            (StatusCode::BAD_REQUEST, 1, r#"{"a":1}"#)
        );
        assert_eq!(
            (api.trace_id(), api.retry_after(), api.body()),
            (Some("trace"), Some(Duration::from_secs(7)), "the body")
        );
        assert!(api.has_code(|code| code == "c") && !api.has_code(|code| code == "d"));
        assert_eq!(
            api.to_string(),
            "Clerk refused with 400 Bad Request, c; the server asks to wait for 7s; trace id trace"
        );
        let shown = format!("{api:?}");
        assert!(
            shown.contains("\"c\"") && shown.contains("trace") && !shown.contains("the body"),
            "{shown}"
        );
    }
}
