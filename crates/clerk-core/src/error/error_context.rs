use std::{fmt, time::Duration};

use http::StatusCode;

use super::Quoted;
use crate::domain::ActorTokenId;

/// What can be asked of every failed call, whatever its stage.
#[derive(Debug)]
pub(crate) struct ErrorContext {
    pub(crate) response: ResponseInfo,
    /// How many attempts there were.
    pub(crate) attempts: u32,
    /// Whether the last attempt or an earlier one may have taken effect.
    pub(crate) ambiguous: bool,
    /// The host and port that the call was for.
    pub(crate) authority: Box<str>,
}

/// What was learned from a response that was not accepted, or of which only a part arrived.
#[derive(Debug, Default)]
pub(crate) struct ResponseInfo {
    pub(crate) status: Option<StatusCode>,
    pub(crate) trace_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) actor_token_id: Option<ActorTokenId>,
}

impl ErrorContext {
    /// Writes what follows the message of a stage that has named the host or does not need to.
    pub(super) fn write_after(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        self.write_findings(f)
    }

    /// Writes what follows the message of a stage, beginning with the host.
    pub(super) fn write_after_with_host(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attempts {
            0 | 1 => write!(f, " ({})", self.authority)?,
            attempts => write!(f, " ({}, {attempts} attempts)", self.authority)?,
        }
        self.write_findings(f)
    }

    fn write_findings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ambiguous {
            f.write_str("; the request may have taken effect")?;
        }
        if let Some(id) = &self.response.actor_token_id {
            write!(f, "; actor token {id}")?;
        }
        if let Some(delay) = self.response.retry_after {
            write!(f, "; retry after {delay:?}")?;
        }
        if let Some(trace_id) = &self.response.trace_id {
            write!(f, "; trace id {}", Quoted(trace_id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
impl ErrorContext {
    /// The context of a single attempt, to which a test adds what it is about.
    pub(crate) fn of_one_attempt() -> Self {
        Self {
            response: ResponseInfo::default(),
            attempts: 1,
            ambiguous: false,
            authority: "api.clerk.com:443".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::{Duration, ErrorContext, ResponseInfo};

    struct After<'a>(&'a ErrorContext);

    impl fmt::Display for After<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.write_after(f)
        }
    }

    struct AfterWithHost<'a>(&'a ErrorContext);

    impl fmt::Display for AfterWithHost<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.write_after_with_host(f)
        }
    }

    #[test]
    fn only_what_matters_is_written() {
        let context = ErrorContext::of_one_attempt();
        assert_eq!(After(&context).to_string(), "");
        assert_eq!(AfterWithHost(&context).to_string(), " (api.clerk.com:443)");
    }

    #[test]
    fn everything_known_is_written() {
        let response = ResponseInfo {
            actor_token_id: Some("act_1".parse().unwrap()),
            trace_id: Some("abc".to_owned()),
            retry_after: Some(Duration::from_secs(120)),
            ..ResponseInfo::default()
        };
        let context = ErrorContext {
            response,
            attempts: 2,
            ambiguous: true,
            ..ErrorContext::of_one_attempt()
        };
        let findings = "; the request may have taken effect; actor token act_1; retry after 120s; trace id abc";
        assert_eq!(After(&context).to_string(), format!(" (2 attempts){findings}"));
        assert_eq!(
            AfterWithHost(&context).to_string(),
            format!(" (api.clerk.com:443, 2 attempts){findings}")
        );
    }
}
