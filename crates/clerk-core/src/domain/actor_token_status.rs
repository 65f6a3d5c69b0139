use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The state of an actor token.
///
/// It is written as Clerk's name for it, by `Display` and by serde, and every name can be read
/// back: one that this version of the crate does not know becomes [`Unknown`](Self::Unknown).
///
/// # Examples
///
/// ```
/// use clerk_core::ActorTokenStatus;
///
/// let Ok(status) = "accepted".parse::<ActorTokenStatus>();
/// assert_eq!(status, ActorTokenStatus::Accepted);
/// assert_eq!(status.to_string(), "accepted");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorTokenStatus {
    /// Nobody has signed in with the token yet: it can still be used or revoked.
    Pending,
    /// Somebody has signed in with the token: it can no longer be revoked. To end the session,
    /// use [`end_impersonation`](crate::ActorTokens::end_impersonation).
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

impl FromStr for ActorTokenStatus {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::from_name(name.into()))
    }
}

impl Serialize for ActorTokenStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ActorTokenStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::from_name(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::ActorTokenStatus;

    #[test]
    fn every_name_survives_a_round_trip() {
        for name in ["pending", "accepted", "revoked", "expired", "", "Pending"] {
            let Ok(status) = name.parse::<ActorTokenStatus>();
            assert_eq!(status.to_string(), name);
            let json = serde_json::to_string(&status).unwrap();
            assert_eq!(json, format!("{name:?}"));
            assert_eq!(serde_json::from_str::<ActorTokenStatus>(&json).unwrap(), status);
        }
        assert_eq!(ActorTokenStatus::from_name("accepted".into()), ActorTokenStatus::Accepted);
        assert_eq!(ActorTokenStatus::from_name("revoked".into()), ActorTokenStatus::Revoked);
        assert_eq!(
            ActorTokenStatus::from_name("expired".into()),
            ActorTokenStatus::Unknown("expired".to_owned())
        );
    }

    #[test]
    fn a_status_is_a_string_in_json() {
        for json in ["1", "null", "{}", r#"["pending"]"#] {
            assert!(serde_json::from_str::<ActorTokenStatus>(json).is_err(), "{json}");
        }
    }
}
