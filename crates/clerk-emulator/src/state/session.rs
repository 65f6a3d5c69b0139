use std::fmt;

use super::{clock::UnixMillis, generate, issued_token::IssuedToken, records::Record};

const MINUTE: UnixMillis = 60_000;
const DAY: UnixMillis = 24 * 60 * MINUTE;

/// A session as the emulator has stored it: a snapshot, which does not change later.
///
/// # Examples
///
/// ```
/// use clerk_emulator::{Emulator, SessionStatus};
///
/// let emulator = Emulator::start()?;
/// let own = emulator.start_session("user_1"); // the user signs in without an actor
/// assert_eq!((own.status, own.actor), (SessionStatus::Active, None));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// The id: `sess_` and 27 letters or digits.
    pub id: String,
    /// The status at the time of the snapshot.
    pub status: SessionStatus,
    /// The user who is signed in, or appears to be.
    pub user_id: String,
    /// The device or browser that is signed in: `client_` and 27 letters or digits.
    pub client_id: String,
    /// The JSON of the actor, byte for byte as it was sent. `None` for a user's own session.
    pub actor: Option<String>,
    /// The actor token that began the session. Clerk does not show it: its sessions do not say
    /// where they came from.
    pub actor_token_id: Option<String>,
    /// The time of the last activity, in milliseconds since the Unix epoch.
    pub last_active_at: i64,
    /// The time at which the session ends in any case, in milliseconds since the Unix epoch.
    pub expire_at: i64,
    /// The time at which the session ends without further activity, in milliseconds since the Unix
    /// epoch.
    pub abandon_at: i64,
    /// The time of the sign-in, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// The time of the last change, in milliseconds since the Unix epoch.
    pub updated_at: i64,
}

impl Session {
    /// Returns the session that accepting a token begins. It ends when it is idle for ten minutes.
    pub(crate) fn impersonated(token: &IssuedToken, client_id: String, now: UnixMillis) -> Self {
        let max_duration = UnixMillis::try_from(token.session_max_duration_in_seconds)
            .unwrap_or(UnixMillis::MAX)
            .saturating_mul(1000);
        Self {
            actor: Some(token.actor.clone()),
            actor_token_id: Some(token.id.clone()),
            ..Self::new(token.user_id.clone(), client_id, now, max_duration, 10 * MINUTE)
        }
    }

    /// Returns a user's own session, with the lifetime that Clerk gives one by default.
    pub(crate) fn own(user_id: String, client_id: String, now: UnixMillis) -> Self {
        Self::new(user_id, client_id, now, 7 * DAY, 30 * DAY)
    }

    fn new(
        user_id: String,
        client_id: String,
        now: UnixMillis,
        max_duration: UnixMillis,
        max_idle_time: UnixMillis,
    ) -> Self {
        Self {
            id: generate::session_id(),
            status: SessionStatus::Active,
            user_id,
            client_id,
            actor: None,
            actor_token_id: None,
            last_active_at: now,
            expire_at: now.saturating_add(max_duration),
            abandon_at: now.saturating_add(max_idle_time),
            created_at: now,
            updated_at: now,
        }
    }

    /// Returns the session as it is at this time: one whose time is over has ended by itself.
    pub(crate) fn at(&self, now: UnixMillis) -> Self {
        let (end, status) = if self.abandon_at < self.expire_at {
            (self.abandon_at, SessionStatus::Abandoned)
        } else {
            (self.expire_at, SessionStatus::Expired)
        };
        if self.status.is_live() && now >= end {
            Self { status, updated_at: end, ..self.clone() }
        } else {
            self.clone()
        }
    }

    /// Records activity, which postpones the end of an idle session.
    pub(crate) fn touch(&mut self, now: UnixMillis) {
        self.abandon_at = self.abandon_at.saturating_add(now - self.last_active_at);
        self.last_active_at = now;
        self.updated_at = now;
    }
}

impl Record for Session {
    fn id(&self) -> &str {
        &self.id
    }

    fn is_finished(&self, now: UnixMillis) -> bool {
        !self.at(now).status.is_live()
    }
}

/// The status of a session: one of the eight that Clerk documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionStatus {
    /// Signed in.
    Active,
    /// Signed in, with tasks to complete before the session can be used. Clerk cannot filter for
    /// it. In the emulator only [`Emulator::set_session_status`] leads here.
    ///
    /// [`Emulator::set_session_status`]: crate::Emulator::set_session_status
    Pending,
    /// Signed out by the user.
    Ended,
    /// Removed from its client, together with every other session there, or with its user.
    Removed,
    /// Replaced by another session. In the emulator only [`Emulator::set_session_status`] leads
    /// here.
    ///
    /// [`Emulator::set_session_status`]: crate::Emulator::set_session_status
    Replaced,
    /// Over, because it lasted as long as it may.
    Expired,
    /// Over, because it was idle for as long as it may be.
    Abandoned,
    /// Revoked by the application.
    Revoked,
}

impl SessionStatus {
    const ALL: [Self; 8] = [
        Self::Active,
        Self::Pending,
        Self::Ended,
        Self::Removed,
        Self::Replaced,
        Self::Expired,
        Self::Abandoned,
        Self::Revoked,
    ];

    /// Returns `true` if somebody is still signed in.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Pending)
    }

    /// Returns the status as the API spells it.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_emulator::SessionStatus;
    ///
    /// assert_eq!(SessionStatus::Abandoned.as_str(), "abandoned");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Ended => "ended",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Abandoned => "abandoned",
            Self::Revoked => "revoked",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl fmt::Display for SessionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn impersonated(session_max_duration_in_seconds: u64) -> Session {
        let token = IssuedToken { session_max_duration_in_seconds, ..IssuedToken::example() };
        Session::impersonated(&token, "client_1".to_owned(), 1_000)
    }

    #[track_caller]
    fn assert_lives_until(session: &Session, end: UnixMillis, status: SessionStatus) {
        assert_eq!(session.at(end - 1), *session);
        assert!(!session.is_finished(end - 1) && session.is_finished(end));
        let ended = session.at(end + 5_000);
        assert_eq!((ended.status, ended.updated_at), (status, end));
    }

    #[test]
    fn ten_idle_minutes_end_a_session() {
        assert_lives_until(&impersonated(1_800), 601_000, SessionStatus::Abandoned);
    }

    #[test]
    fn the_maximum_duration_ends_a_session() {
        assert_lives_until(&impersonated(60), 61_000, SessionStatus::Expired);
    }

    #[test]
    fn activity_postpones_only_the_end_of_idle_sessions() {
        let mut session = impersonated(900);
        session.touch(501_000);
        assert_eq!((session.abandon_at, session.expire_at), (1_101_000, 901_000));
        assert_lives_until(&session, 901_000, SessionStatus::Expired);
    }

    #[test]
    fn a_session_ends_only_once() {
        let ended = Session { status: SessionStatus::Ended, ..impersonated(60) };
        assert_eq!(ended.at(UnixMillis::MAX), ended);
    }

    #[test]
    fn long_durations_do_not_overflow() {
        assert_eq!(impersonated(u64::MAX).expire_at, UnixMillis::MAX);
    }

    #[test]
    fn every_status_is_parsed_from_its_spelling() {
        for status in SessionStatus::ALL {
            assert_eq!(SessionStatus::parse(&status.to_string()), Some(status));
        }
        assert_eq!(SessionStatus::parse("Active"), None);
    }
}
