use super::{
    clock::UnixMillis,
    records::Records,
    session::{Session, SessionStatus},
};

/// The sessions, and the rules by which they change.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Records<Session>);

/// The reason why a session cannot be changed or used.
///
/// # Examples
///
/// ```
/// use clerk_emulator::{Emulator, SessionError, SessionStatus};
///
/// let emulator = Emulator::start()?;
/// let session = emulator.start_session("user_1");
/// assert!(emulator.end_session(&session.id).is_ok());
/// let over = SessionError::NotLive(SessionStatus::Ended);
/// assert_eq!(emulator.end_session(&session.id), Err(over));
/// assert_eq!(emulator.end_session("sess_unknown"), Err(SessionError::NotFound));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// There is no session with this id.
    #[error("session not found")]
    NotFound,
    /// The session is over.
    #[error("session is {0}, not live")]
    NotLive(SessionStatus),
}

impl Sessions {
    pub(crate) fn insert(&mut self, session: Session, now: UnixMillis) {
        self.0.insert(session, now);
    }

    pub(crate) fn get(&self, id: &str, now: UnixMillis) -> Result<Session, SessionError> {
        self.0.get(id).map(|session| session.at(now)).ok_or(SessionError::NotFound)
    }

    /// Returns the sessions in order of creation.
    pub(crate) fn iter(&self, now: UnixMillis) -> impl DoubleEndedIterator<Item = Session> {
        self.0.iter().map(move |session| session.at(now))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Records activity in a live session.
    pub(crate) fn touch(&mut self, id: &str, now: UnixMillis) -> Result<Session, SessionError> {
        let session = self.live(id, now)?;
        session.touch(now);
        Ok(session.clone())
    }

    /// Ends a live session with this status.
    pub(crate) fn end(
        &mut self,
        id: &str,
        to: SessionStatus,
        now: UnixMillis,
    ) -> Result<Session, SessionError> {
        self.live(id, now)?;
        self.set_status(id, to, now)
    }

    /// Ends all live sessions of a user.
    pub(crate) fn remove_user(&mut self, user_id: &str, now: UnixMillis) {
        let of_user = self.0.iter_mut().filter(|session| session.user_id == user_id);
        for session in of_user.filter(|session| session.at(now).status.is_live()) {
            session.status = SessionStatus::Removed;
            session.updated_at = now;
        }
    }

    /// Sets the status of a session, whatever it was before.
    pub(crate) fn set_status(
        &mut self,
        id: &str,
        to: SessionStatus,
        now: UnixMillis,
    ) -> Result<Session, SessionError> {
        let session = self.0.get_mut(id).ok_or(SessionError::NotFound)?;
        session.status = to;
        session.updated_at = now;
        Ok(session.at(now))
    }

    /// Returns a live session.
    pub(crate) fn live(&mut self, id: &str, now: UnixMillis) -> Result<&mut Session, SessionError> {
        let session = self.0.get_mut(id).ok_or(SessionError::NotFound)?;
        let status = session.at(now).status;
        if status.is_live() { Ok(session) } else { Err(SessionError::NotLive(status)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: UnixMillis = 24 * 60 * 60_000;

    fn sessions_with_one() -> (Sessions, String) {
        let mut sessions = Sessions::default();
        let session = Session::own("user_1".to_owned(), "client_1".to_owned(), 0);
        let id = session.id.clone();
        sessions.insert(session, 0);
        (sessions, id)
    }

    #[test]
    fn a_live_session_can_be_touched_and_ended() {
        let (mut sessions, id) = sessions_with_one();
        assert_eq!(sessions.touch(&id, 1_000).unwrap().last_active_at, 1_000);
        let ended = sessions.end(&id, SessionStatus::Revoked, 2_000).unwrap();
        assert_eq!((ended.status, ended.updated_at), (SessionStatus::Revoked, 2_000));
        assert_eq!(sessions.get(&id, 2_000), Ok(ended));
    }

    #[test]
    fn a_session_that_is_over_can_be_neither_touched_nor_ended() {
        let (mut sessions, id) = sessions_with_one();
        let expired = Err(SessionError::NotLive(SessionStatus::Expired));
        assert_eq!(sessions.touch(&id, 7 * DAY), expired);
        assert_eq!(sessions.end(&id, SessionStatus::Ended, 7 * DAY), expired);
        sessions.end(&id, SessionStatus::Ended, 1_000).unwrap();
        let ended = Err(SessionError::NotLive(SessionStatus::Ended));
        assert_eq!(sessions.end(&id, SessionStatus::Revoked, 2_000), ended);
        assert_eq!(sessions.get(&id, 3_000).unwrap().updated_at, 1_000);
    }

    #[test]
    fn the_live_sessions_of_a_deleted_user_are_removed() {
        let (mut sessions, id) = sessions_with_one();
        sessions.remove_user("user_2", 1_000);
        assert_eq!(sessions.get(&id, 1_000).unwrap().status, SessionStatus::Active);
        sessions.remove_user("user_1", 2_000);
        assert_eq!(sessions.get(&id, 2_000).unwrap().status, SessionStatus::Removed);
    }
}
