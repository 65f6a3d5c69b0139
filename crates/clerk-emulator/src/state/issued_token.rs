use std::fmt;

use super::{clock::UnixMillis, redacted::Redacted};

/// Describes an actor token that the emulator has issued: a snapshot, which later events do not
/// change.
///
/// `Debug` shows neither [`token`](Self::token) nor [`url`](Self::url). They open nothing, but the
/// tests that look for leaked credentials in logs must not find these here.
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
    /// `act_` and 27 letters or digits.
    pub id: String,
    /// Where the token stands. An expired token still says [`TokenStatus::Pending`].
    pub status: TokenStatus,
    /// The user to be impersonated.
    pub user_id: String,
    /// The JSON text of the actor, byte for byte as it was sent.
    pub actor: String,
    /// The ticket: shaped like a JWT, with a made-up signature. Only the answer to create holds
    /// it.
    pub token: String,
    /// The link that would consume the ticket. Only the answer to create holds it.
    pub url: String,
    /// When the token was made, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When the status last changed, in milliseconds since the Unix epoch.
    pub updated_at: i64,
    /// How long the token can be used, counted from [`created_at`](Self::created_at). 3600 unless
    /// the request says otherwise.
    pub expires_in_seconds: u64,
    /// How long the impersonated session would last. 1800 unless the request says otherwise.
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

/// Says where an actor token stands: one of the three statuses that Clerk documents.
///
/// There is none for an expired token: the emulator goes on calling it pending, and refuses to
/// accept or revoke it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// Made, and not used yet.
    Pending,
    /// Used: somebody has signed in with it.
    Accepted,
    /// Taken back before anybody used it.
    Revoked,
}

impl TokenStatus {
    /// Gives the word that the API uses.
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
mod tests {
    use super::*;

    fn token() -> IssuedToken {
        IssuedToken {
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

    #[test]
    fn a_status_is_shown_in_clerk_s_word() {
        assert_eq!(TokenStatus::Accepted.to_string(), "accepted");
    }

    #[test]
    fn debug_shows_neither_token_nor_url() {
        let shown = format!("{:?}", token());
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("act_1"), "{shown}");
    }

    #[test]
    fn a_token_expires_on_the_last_millisecond_of_its_lifetime() {
        assert!(!token().is_expired(60_999));
        assert!(token().is_expired(61_000));
    }

    #[test]
    fn a_lifetime_of_300_million_years_does_not_overflow() {
        let token = IssuedToken { expires_in_seconds: u64::MAX, ..token() };
        assert!(!token.is_expired(i64::MAX - 1));
    }
}
