use std::time::Duration;

use super::{Actor, InvalidInput, UserId};

/// Asks for a token with which `actor` can sign in as the user `user_id`.
///
/// Lifetimes that are not set are not sent: Clerk then gives the token one hour to be used, and the
/// session thirty minutes.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{Actor, CreateActorToken, UserId};
///
/// let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_support")?)
///     .expires_in(Duration::from_secs(600))
///     .session_max_duration(Duration::from_secs(900));
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CreateActorToken {
    user_id: UserId,
    actor: Actor,
    expires_in: Option<Duration>,
    session_max_duration: Option<Duration>,
}

impl CreateActorToken {
    /// Names the user who is impersonated and the actor who does it.
    pub fn new(user_id: UserId, actor: Actor) -> Self {
        Self { user_id, actor, expires_in: None, session_max_duration: None }
    }

    /// Sets how long the token can be used: whole seconds, at least one (`expires_in_seconds`).
    ///
    /// Any other duration is refused by `create` with [`InvalidInput`], before anything is sent.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Sets how long the session may last: whole seconds, at least one
    /// (`session_max_duration_in_seconds`).
    ///
    /// Any other duration is refused by `create` with [`InvalidInput`], before anything is sent.
    pub fn session_max_duration(mut self, lifetime: Duration) -> Self {
        self.session_max_duration = Some(lifetime);
        self
    }

    pub(crate) fn user_id(&self) -> &UserId {
        &self.user_id
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn expires_in_seconds(&self) -> Result<Option<u64>, InvalidInput> {
        self.expires_in.map(|lifetime| whole_seconds("expires_in_seconds", lifetime)).transpose()
    }

    pub(crate) fn session_max_duration_in_seconds(&self) -> Result<Option<u64>, InvalidInput> {
        self.session_max_duration
            .map(|lifetime| whole_seconds("session_max_duration_in_seconds", lifetime))
            .transpose()
    }
}

fn whole_seconds(field: &'static str, lifetime: Duration) -> Result<u64, InvalidInput> {
    match (lifetime.as_secs(), lifetime.subsec_nanos()) {
        (0, _) => Err(InvalidInput::new(field, "it must be at least one second")),
        (seconds, 0) => Ok(seconds),
        _ => Err(InvalidInput::new(field, "it must be whole seconds")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::whole_seconds;

    #[test]
    fn a_lifetime_is_whole_seconds_and_at_least_one() {
        assert_eq!(whole_seconds("f", Duration::from_secs(1)), Ok(1));
        assert_eq!(whole_seconds("f", Duration::from_secs(u64::MAX)), Ok(u64::MAX));
        for (lifetime, reason) in [
            (Duration::ZERO, "invalid f: it must be at least one second"),
            (Duration::from_millis(999), "invalid f: it must be at least one second"),
            (Duration::from_millis(1500), "invalid f: it must be whole seconds"),
        ] {
            assert_eq!(whole_seconds("f", lifetime).unwrap_err().to_string(), reason);
        }
    }
}
