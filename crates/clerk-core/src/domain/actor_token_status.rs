use std::{borrow::Cow, fmt};

/// The state of an actor token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorTokenStatus {
    /// Nobody has signed in with the token yet: it can still be used or revoked.
    Pending,
    /// Somebody has signed in with the token: it can no longer be revoked, and the session goes on.
    Accepted,
    /// The token was revoked before anybody used it.
    Revoked,
    /// A status that this version of the crate does not know.
    Unknown(String),
}

impl ActorTokenStatus {
    /// Returns Clerk's name for the status, such as `pending`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Unknown(status) => status,
        }
    }

    /// Returns the status with the given name.
    pub(crate) fn from_name(name: Cow<'_, str>) -> Self {
        match &*name {
            "pending" => Self::Pending,
            "accepted" => Self::Accepted,
            "revoked" => Self::Revoked,
            _ => Self::Unknown(name.into_owned()),
        }
    }
}

impl AsRef<str> for ActorTokenStatus {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ActorTokenStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ActorTokenStatus;

    #[test]
    fn every_name_survives_a_round_trip() {
        for name in ["pending", "accepted", "revoked", "expired", "", "Pending"] {
            assert_eq!(ActorTokenStatus::from_name(name.into()).to_string(), name);
        }
        assert_eq!(ActorTokenStatus::from_name("accepted".into()), ActorTokenStatus::Accepted);
        assert_eq!(ActorTokenStatus::from_name("revoked".into()), ActorTokenStatus::Revoked);
        assert_eq!(
            ActorTokenStatus::from_name("expired".into()),
            ActorTokenStatus::Unknown("expired".to_owned())
        );
    }
}
