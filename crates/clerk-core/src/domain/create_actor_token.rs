use std::time::Duration;

use super::{Actor, InvalidInput, UserId};

/// The parameters of a new actor token: the user, the actor, and how long the token and the session
/// may last.
///
/// A duration that is not set is not sent, and Clerk's default applies: the token expires after one
/// hour, the session after thirty minutes.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{Actor, CreateActorToken, UserId};
///
/// let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
/// let command = CreateActorToken::new(UserId::new("user_1")?, actor)
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
    /// Creates a command that lets `actor` sign in as the user `user_id`.
    pub fn new(user_id: UserId, actor: Actor) -> Self {
        Self { user_id, actor, expires_in: None, session_max_duration: None }
    }

    /// Sets how long the token can be used (`expires_in_seconds`): a whole number of seconds, at
    /// least one.
    ///
    /// `create` rejects any other duration with [`InvalidInput`], before anything is sent.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }

    /// Sets how long the session may last (`session_max_duration_in_seconds`): a whole number of
    /// seconds, at least one.
    ///
    /// `create` rejects any other duration with [`InvalidInput`], before anything is sent.
    pub fn session_max_duration(mut self, duration: Duration) -> Self {
        self.session_max_duration = Some(duration);
        self
    }

    pub(crate) fn user_id(&self) -> &UserId {
        &self.user_id
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn expires_in_seconds(&self) -> Result<Option<u64>, InvalidInput> {
        self.expires_in.map(|duration| whole_seconds("expires_in_seconds", duration)).transpose()
    }

    pub(crate) fn session_max_duration_in_seconds(&self) -> Result<Option<u64>, InvalidInput> {
        self.session_max_duration
            .map(|duration| whole_seconds("session_max_duration_in_seconds", duration))
            .transpose()
    }
}

fn whole_seconds(field: &'static str, duration: Duration) -> Result<u64, InvalidInput> {
    match (duration.as_secs(), duration.subsec_nanos()) {
        (0, _) => Err(InvalidInput::new(field, "must be at least one second")),
        (seconds, 0) => Ok(seconds),
        _ => Err(InvalidInput::new(field, "must be a whole number of seconds")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::whole_seconds;

    #[test]
    fn durations_are_whole_seconds_and_at_least_one() {
        assert_eq!(whole_seconds("f", Duration::from_secs(1)), Ok(1));
        assert_eq!(whole_seconds("f", Duration::from_secs(u64::MAX)), Ok(u64::MAX));
        for (duration, message) in [
            (Duration::ZERO, "invalid f: must be at least one second"),
            (Duration::from_millis(999), "invalid f: must be at least one second"),
            (Duration::from_millis(1500), "invalid f: must be a whole number of seconds"),
        ] {
            assert_eq!(whole_seconds("f", duration).unwrap_err().to_string(), message);
        }
    }
}
