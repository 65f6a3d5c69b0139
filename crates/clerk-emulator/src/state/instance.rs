use std::{
    io,
    sync::{Mutex, PoisonError},
};

use super::{
    clock::{Clock, UnixMillis},
    generate,
    issued_token::{IssuedToken, TokenStatus},
    ledger::Ledger,
    new_token::{IssueError, NewToken},
    session::{Session, SessionStatus},
    session_token::SessionToken,
    sessions::SessionError,
    settings::{EndedSessionRevoke, Settings},
    signer::Signer,
    ticket::Ticket,
    tokens::AcceptError,
    users::Users,
};

/// A Clerk instance, shared by the server and the [`Emulator`](crate::Emulator).
pub(crate) struct Instance {
    pub(crate) settings: Settings,
    /// Where the emulator listens: `http://127.0.0.1:PORT`.
    pub(crate) origin: String,
    pub(crate) clock: Clock,
    pub(crate) signer: Signer,
    ledger: Mutex<Ledger>,
}

impl Instance {
    pub(crate) fn new(settings: Settings, origin: String) -> io::Result<Self> {
        let users = Users::new(settings.users.clone());
        Ok(Self {
            settings,
            origin,
            clock: Clock::start(),
            signer: Signer::new()?,
            ledger: Mutex::new(Ledger { users, ..Ledger::default() }),
        })
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
            let ticket = Ticket::new(&id, now, new.expires_in_seconds).sign(&self.signer);
            let token = IssuedToken {
                url: format!("{}/v1/tickets/accept?ticket={ticket}", self.origin),
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

    /// Checks that somebody could sign in with a ticket.
    pub(crate) fn check_ticket(&self, ticket: &str) -> Result<(), AcceptError> {
        let id = self.actor_token_id(ticket)?;
        self.ledger(|ledger, now| ledger.check_acceptable(&id, now))
    }

    /// Signs a client in with a ticket.
    pub(crate) fn sign_in(&self, ticket: &str, client_id: String) -> Result<Session, AcceptError> {
        let id = self.actor_token_id(ticket)?;
        self.ledger(|ledger, now| ledger.accept(&id, client_id, now))
    }

    fn actor_token_id(&self, ticket: &str) -> Result<String, AcceptError> {
        let ticket: Ticket = self.signer.verify(ticket).ok_or(AcceptError::NotFound)?;
        Ok(ticket.sid)
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

    /// Returns a new token of a live session.
    pub(crate) fn session_token(
        &self,
        id: &str,
        authorized_party: Option<&str>,
        lifetime_in_seconds: i64,
    ) -> Result<String, SessionError> {
        let (session, issued_at) =
            self.ledger(|ledger, now| Ok((ledger.sessions.live(id, now)?.clone(), now)))?;
        let token = SessionToken {
            session: &session,
            version: self.settings.session_token_version,
            authorized_party: authorized_party.unwrap_or(&self.origin),
            issued_at,
            lifetime_in_seconds,
        };
        Ok(token.sign(&self.signer))
    }
}
