use std::fmt;

use http::StatusCode;

use super::Stamp;
use crate::domain::JsonError;

/// Says that an answer came that makes no sense here: a status from 300 up without a `ClerkErrors`
/// body, or a success that is no actor token or not the one asked for.
pub struct UnexpectedResponse {
    pub(super) stamp: Box<Stamp>,
    status: StatusCode,
    pub(crate) misfit: Misfit,
    length: usize,
    body: String,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A refusal whose body is no `ClerkErrors`.
    NoClerkErrors,
    /// A success without any content.
    NoContent,
    /// A success whose body cannot be read.
    Unreadable(JsonError),
    /// A success in which this member is missing or odd.
    Member(&'static str),
    /// The answer to revoke is about another token.
    AnotherToken,
    /// The answer to revoke does not say `revoked`.
    NotRevoked,
}

impl UnexpectedResponse {
    pub(crate) fn new(
        stamp: Stamp,
        status: StatusCode,
        misfit: Misfit,
        length: usize,
        body: String,
    ) -> Self {
        Self { stamp: Box::new(stamp), status, misfit, length, body }
    }

    /// Gives the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Gives the body as it came, at most 4 KiB of it, with secrets scrubbed; nothing of a success,
    /// which may be a credential.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Gives the length of the whole body, in bytes.
    pub fn body_length(&self) -> usize {
        self.length
    }
}

impl fmt::Display for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the answer {} makes no sense here: {} ({} bytes){}",
            self.status, self.misfit, self.length, self.stamp
        )
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClerkErrors => f.write_str("its body is no ClerkErrors"),
            Self::NoContent => f.write_str("it has no content"),
            Self::Unreadable(fault) => write!(f, "its body is {fault}"),
            Self::Member(member) => write!(f, "its `{member}` is missing or no proper one"),
            Self::AnotherToken => f.write_str("it is about another actor token"),
            Self::NotRevoked => f.write_str("it does not say that the actor token is revoked"),
        }
    }
}

impl fmt::Debug for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnexpectedResponse")
            .field("status", &self.status)
            .field("misfit", &self.misfit)
            .field("body_length", &self.length)
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for UnexpectedResponse {}

#[cfg(test)]
mod tests {
    use super::{JsonError, Misfit, Stamp, StatusCode, UnexpectedResponse};

    #[test]
    fn every_misfit_reads_like_no_other() {
        let fault = JsonError::from(serde_json::from_str::<u8>("x").unwrap_err());
        let misfits = [
            Misfit::NoClerkErrors,
            Misfit::NoContent,
            Misfit::Unreadable(fault),
            Misfit::Member("id"),
            Misfit::AnotherToken,
            Misfit::NotRevoked,
        ];
        let texts: std::collections::HashSet<_> = misfits.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), misfits.len());
        assert!(texts.iter().all(|text| text.starts_with("it")), "{texts:?}");
    }

    #[test]
    fn the_answer_is_described_and_its_body_is_not_shown() {
        let body = "the body".to_owned();
        let response = UnexpectedResponse::new(
            Stamp::default(),
            StatusCode::BAD_GATEWAY,
            Misfit::NoClerkErrors,
            8,
            body,
        );
        assert_eq!(
            (response.status(), response.body(), response.body_length()),
            (StatusCode::BAD_GATEWAY, "the body", 8)
        );
        assert_eq!(
            response.to_string(),
            "the answer 502 Bad Gateway makes no sense here: its body is no ClerkErrors (8 bytes)"
        );
        let shown = format!("{response:?}");
        assert!(shown.contains("NoClerkErrors") && !shown.contains("the body"), "{shown}");
    }
}
