use std::fmt;

use super::Quoted;
use crate::domain::Claims;

/// One entry of the error list in a response from Clerk.
///
/// Source: `ClerkErrors` in Clerk's Backend API specification, 2026-05-12.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ClerkError {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) long_message: Option<String>,
    pub(crate) meta: Claims,
}

impl ClerkError {
    /// Returns the code to branch on, such as `resource_not_found`; empty if Clerk sent none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the short message, such as `not found`; empty if Clerk sent none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the message that is meant for people, if there is one.
    pub fn long_message(&self) -> Option<&str> {
        self.long_message.as_deref()
    }

    /// Returns the details, such as `{"param_name":"actor.sub"}`; empty if there are none, or if
    /// they are longer than 4 KiB.
    pub fn meta(&self) -> &Claims {
        &self.meta
    }
}

impl fmt::Display for ClerkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.long_message().unwrap_or(self.message());
        match (self.code(), message) {
            (code, "") => write!(f, "{}", Quoted(code)),
            ("", message) => write!(f, "{}", Quoted(message)),
            (code, message) => write!(f, "{}: {}", Quoted(code), Quoted(message)),
        }
    }
}

impl fmt::Debug for ClerkError {
    /// Writes every part on one line, cut to a bounded length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkError")
            .field("code", &Quoted(self.code()))
            .field("message", &Quoted(self.message()))
            .field("long_message", &self.long_message().map(Quoted))
            .field("meta", &format_args!("{}", Quoted(self.meta().as_json())))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Claims, ClerkError};

    #[test]
    fn debug_is_one_line_of_bounded_length() {
        let error = ClerkError {
            code: "c\n".repeat(1_000),
            message: "m\u{202e}".repeat(1_000),
            long_message: Some("l".repeat(1_000)),
            meta: Claims::from_json(&format!("{{\n\"m\": \"{}\"}}", "m".repeat(1_000))).unwrap(),
        };
        let shown = format!("{error:?}");
        assert!(shown.len() < 4_000 && !shown.contains(['\n', '\u{202e}']), "{shown}");
    }

    #[test]
    fn display_copes_with_missing_parts() {
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
}
