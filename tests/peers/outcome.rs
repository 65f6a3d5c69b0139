use std::{fmt, str::FromStr};

use clerk_core::{ActorToken, Error, TransportErrorKind};

use crate::box_error::BoxError;

/// The outcome of a create, which the process that made the call prints as a line.
pub(crate) struct Outcome {
    /// The name of the call, which its actor carries.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The id of the token, or the error.
    pub(crate) detail: String,
}

/// The kind of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Created,
    /// An error after which there may be a token.
    Ambiguous,
    /// A configuration error, after a single attempt.
    Misconfigured,
    /// Any other error after which there is no token.
    Failed,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Created, Self::Ambiguous, Self::Misconfigured, Self::Failed];

    fn of(error: &Error) -> Self {
        let is_config = match error {
            Error::Config(_) => true,
            Error::Transport(failure) => {
                failure.transport_error().kind() == TransportErrorKind::Config
            }
            _ => false,
        };
        if error.is_ambiguous() {
            Self::Ambiguous
        } else if is_config && error.attempts() <= 1 {
            Self::Misconfigured
        } else {
            Self::Failed
        }
    }
}

impl Outcome {
    pub(crate) fn new(name: String, result: Result<ActorToken, Error>) -> Self {
        let (kind, detail) = match result {
            Ok(token) => (Kind::Created, token.id.to_string()),
            Err(error) => (Kind::of(&error), format!("{error:?}")),
        };
        Self { name, kind, detail }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.name, self.kind, self.detail)
    }
}

impl FromStr for Outcome {
    type Err = BoxError;

    fn from_str(line: &str) -> Result<Self, BoxError> {
        let parse = || {
            let (name, rest) = line.split_once(' ')?;
            let (word, detail) = rest.split_once(' ')?;
            let kind = Kind::ALL.into_iter().find(|kind| format!("{kind:?}") == word)?;
            Some(Self { name: name.to_owned(), kind, detail: detail.to_owned() })
        };
        parse().ok_or_else(|| format!("not an outcome: {line}").into())
    }
}
