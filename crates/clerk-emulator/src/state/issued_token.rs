use std::fmt;

use super::{clock::UnixMillis, records::Record, redacted::Redacted};

/// An actor token as the emulator has stored it: a snapshot, which does not change later.
///
/// `Debug` redacts [`token`](Self::token) and [`url`](Self::url). They are not real credentials,
/// but a test that searches logs for leaked credentials must not find these.
///
/// # Examples
///
/// ```
/// use clerk_emulator::Emulator;
///
/// let emulator = Emulator::start()?;
/// assert!(emulator.tokens().is_empty()); // nobody has called `POST /v1/actor_tokens` yet
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The id: `act_` and 27 letters or digits.
    pub id: String,
    /// The status. An expired token remains [`TokenStatus::Pending`].
    pub status: TokenStatus,
    /// The user to impersonate.
    pub user_id: String,
    /// The JSON of the actor, byte for byte as it was sent.
    pub actor: String,
    /// The ticket: shaped like a JWT, with a random signature. Only the response to a create
    /// contains it.
    pub token: String,
    /// The sign-in link with the ticket. Only the response to a create contains it.
    pub url: String,
    /// The time of creation, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// The time of the last change of status, in milliseconds since the Unix epoch.
    pub updated_at: i64,
    /// The lifetime of the token from [`created_at`](Self::created_at) on. 3600 by default.
    pub expires_in_seconds: u64,
    /// The longest time that the impersonated session may last. 1800 by default.
    pub session_max_duration_in_seconds: u64,
}

impl IssuedToken {
    pub(crate) fn is_expired(&self, now: UnixMillis) -> bool {
        let lifetime = UnixMillis::try_from(self.expires_in_seconds)
            .unwrap_or(UnixMillis::MAX)
            .saturating_mul(1000);
        now >= self.created_at.saturating_add(lifetime)
    }
}

impl Record for IssuedToken {
    fn id(&self) -> &str {
        &self.id
    }

    fn is_finished(&self, now: UnixMillis) -> bool {
        self.status != TokenStatus::Pending || self.is_expired(now)
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("user_id", &self.user_id)
            .field("actor", &self.actor)
            .field("token", &Redacted)
            .field("url", &Redacted)
            .field("created_at", &self.created_at)
            .field("updated_at", &self.updated_at)
            .field("expires_in_seconds", &self.expires_in_seconds)
            .field("session_max_duration_in_seconds", &self.session_max_duration_in_seconds)
            .finish()
    }
}

/// The status of an actor token: one of the three that Clerk documents.
///
/// There is none for an expired token: it stays pending, and the emulator refuses to accept or
/// revoke it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// Created, and not used yet.
    Pending,
    /// Used to sign in.
    Accepted,
    /// Revoked before it was used.
    Revoked,
}

impl TokenStatus {
    /// Returns the status as the API spells it.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_emulator::TokenStatus;
    ///
    /// assert_eq!(TokenStatus::Revoked.as_str(), "revoked");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for TokenStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
impl IssuedToken {
    /// Returns a pending token for `user_1` that was created at 1 s and expires after a minute.
    pub(crate) fn example() -> Self {
        Self {
            id: "act_1".to_owned(),
            status: TokenStatus::Pending,
            user_id: "user_1".to_owned(),
            actor: r#"{"sub":"user_2","x":1.10}"#.to_owned(),
            token: "the.secret.token".to_owned(),
            url: "https://the.secret.url".to_owned(),
            created_at: 1_000,
            updated_at: 1_000,
            expires_in_seconds: 60,
            session_max_duration_in_seconds: 1800,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_the_spelling_of_the_api() {
        assert_eq!(TokenStatus::Accepted.to_string(), "accepted");
    }

    #[test]
    fn debug_redacts_the_token_and_the_url() {
        let debug = format!("{:?}", IssuedToken::example());
        assert!(!debug.contains("secret"), "{debug}");
        assert!(debug.contains("act_1"), "{debug}");
    }

    #[test]
    fn a_token_expires_when_its_lifetime_is_over() {
        assert!(!IssuedToken::example().is_expired(60_999));
        assert!(IssuedToken::example().is_expired(61_000));
    }

    #[test]
    fn long_lifetimes_do_not_overflow() {
        let token = IssuedToken { expires_in_seconds: u64::MAX, ..IssuedToken::example() };
        assert!(!token.is_expired(i64::MAX - 1));
    }
}
