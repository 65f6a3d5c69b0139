use std::fmt;

use crate::domain::{ActorTokenId, JsonError};

/// A success that is not what an operation asked for, with what could be salvaged from its body.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) reason: Reason,
    pub(crate) actor_token_id: Option<ActorTokenId>,
    pub(crate) trace_id: Option<String>,
}

/// Why a response is unexpected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A refusal whose body is not a `ClerkErrors`.
    NotClerkErrors,
    /// A success without content.
    NoContent,
    /// A success whose body cannot be read.
    Unreadable(JsonError),
    /// A success in which this member is missing or invalid.
    Member(&'static str),
    /// A response about an actor token other than the one asked for.
    AnotherToken,
    /// A token for a user other than the one asked for.
    AnotherUser,
    /// A token for an actor other than the one asked for.
    AnotherActor,
    /// A token that was just created and is not pending.
    NotPending,
    /// The actor token to be revoked is not revoked.
    NotRevoked,
    /// A response about a session other than the one asked for.
    AnotherSession,
    /// A session of a user other than the one asked for.
    SessionOfAnotherUser,
    /// A session that was revoked is live.
    StillLive,
    /// A list of sessions that goes on and on.
    EndlessList,
}

impl From<Reason> for Mismatch {
    fn from(reason: Reason) -> Self {
        Self { reason, actor_token_id: None, trace_id: None }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotClerkErrors => f.write_str("body is not a Clerk error"),
            Self::NoContent => f.write_str("no content"),
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::Member(member) => write!(f, "member `{member}` is missing or invalid"),
            Self::AnotherToken => f.write_str("response is for another actor token"),
            Self::AnotherUser => f.write_str("actor token is for another user"),
            Self::AnotherActor => f.write_str("actor token is for another actor"),
            Self::NotPending => f.write_str("actor token is not pending"),
            Self::NotRevoked => f.write_str("actor token is not revoked"),
            Self::AnotherSession => f.write_str("response is for another session"),
            Self::SessionOfAnotherUser => f.write_str("session is of another user"),
            Self::StillLive => f.write_str("session is still live"),
            Self::EndlessList => f.write_str("list of sessions does not end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{JsonError, Reason};

    #[test]
    fn every_reason_has_a_message_of_its_own() {
        let error = JsonError::from(serde_json::from_str::<u8>("x").unwrap_err());
        let reasons = [
            Reason::NotClerkErrors,
            Reason::NoContent,
            Reason::Unreadable(error),
            Reason::Member("id"),
            Reason::AnotherToken,
            Reason::AnotherUser,
            Reason::AnotherActor,
            Reason::NotPending,
            Reason::NotRevoked,
            Reason::AnotherSession,
            Reason::SessionOfAnotherUser,
            Reason::StillLive,
            Reason::EndlessList,
        ];
        let messages: HashSet<_> = reasons.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), reasons.len());
    }
}
