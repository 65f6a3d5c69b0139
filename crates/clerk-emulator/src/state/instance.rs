use std::sync::{Mutex, PoisonError};

use super::{
    clock::{Clock, UnixMillis},
    generate,
    issued_token::{IssuedToken, TokenStatus},
    ledger::Ledger,
    new_token::{IssueError, NewToken},
    session::{Session, SessionStatus},
    sessions::SessionError,
    settings::{EndedSessionRevoke, Settings},
    users::Users,
};

/// A Clerk instance, shared by the server and the [`Emulator`](crate::Emulator).
pub(crate) struct Instance {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    ledger: Mutex<Ledger>,
}

impl Instance {
    pub(crate) fn new(settings: Settings) -> Self {
        let users = Users::new(settings.users.clone());
        let ledger = Mutex::new(Ledger { users, ..Ledger::default() });
        Self { settings, clock: Clock::start(), ledger }
    }

    /// Calls a function with everything that can change, and the time.
    ///
    /// The time is read when the ledger is locked, so that it never goes back from one change to
    /// the next.
    pub(crate) fn ledger<T>(&self, function: impl FnOnce(&mut Ledger, UnixMillis) -> T) -> T {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        function(&mut ledger, now)
    }

    /// Issues a token whose actor is valid.
    pub(crate) fn issue(&self, new: NewToken) -> Result<IssuedToken, IssueError> {
        self.ledger(|ledger, now| {
            if !ledger.users.contains(&new.user_id) {
                return Err(IssueError::UserNotFound);
            }
            let id = generate::actor_token_id();
            let ticket = generate::ticket(&id, now, new.expires_in_seconds);
            let token = IssuedToken {
                url: generate::ticket_url(&ticket),
                token: ticket,
                id,
                status: TokenStatus::Pending,
                user_id: new.user_id,
                actor: new.actor,
                created_at: now,
                updated_at: now,
                expires_in_seconds: new.expires_in_seconds,
                session_max_duration_in_seconds: new.session_max_duration_in_seconds,
            };
            ledger.tokens.insert(token.clone(), now);
            Ok(token)
        })
    }

    /// Revokes a session. Whether one that is over can be revoked is a setting.
    pub(crate) fn revoke_session(&self, id: &str) -> Result<Session, SessionError> {
        self.ledger(|ledger, now| match ledger.sessions.end(id, SessionStatus::Revoked, now) {
            Err(SessionError::NotLive(_))
                if self.settings.ended_session_revoke == EndedSessionRevoke::Succeeds =>
            {
                ledger.sessions.get(id, now)
            }
            result => result,
        })
    }
}
