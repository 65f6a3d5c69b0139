use std::{borrow::Cow, fmt};

/// Says where an actor token is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorTokenStatus {
    /// Nobody has signed in with it yet: it can still be used, and revoked.
    Pending,
    /// Somebody has signed in with it: it can no longer be revoked, the session lives on.
    Accepted,
    /// It was revoked before anybody used it.
    Revoked,
    /// Clerk said something that this version does not know.
    Unknown(String),
}

impl ActorTokenStatus {
    /// Gives Clerk's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Unknown(status) => status,
        }
    }

    pub(crate) fn from_word(word: Cow<'_, str>) -> Self {
        match &*word {
            "pending" => Self::Pending,
            "accepted" => Self::Accepted,
            "revoked" => Self::Revoked,
            _ => Self::Unknown(word.into_owned()),
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
    fn every_word_survives_the_round_trip() {
        for word in ["pending", "accepted", "revoked", "expired", "", "Pending"] {
            assert_eq!(ActorTokenStatus::from_word(word.into()).to_string(), word);
        }
        assert_eq!(ActorTokenStatus::from_word("accepted".into()), ActorTokenStatus::Accepted);
        assert_eq!(ActorTokenStatus::from_word("revoked".into()), ActorTokenStatus::Revoked);
        assert_eq!(
            ActorTokenStatus::from_word("expired".into()),
            ActorTokenStatus::Unknown("expired".to_owned())
        );
    }
}
