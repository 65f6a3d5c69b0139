use super::{
    clock::UnixMillis,
    issued_token::{IssuedToken, TokenStatus},
    session::Session,
    sessions::Sessions,
    tokens::{AcceptError, Tokens},
    users::Users,
};

/// All that changes in an instance, and the rules that span more than one part of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) users: Users,
    pub(crate) tokens: Tokens,
    pub(crate) sessions: Sessions,
}

impl Ledger {
    /// Checks that a token can be accepted.
    pub(crate) fn check_acceptable(&self, id: &str, now: UnixMillis) -> Result<(), AcceptError> {
        self.tokens.check_pending(id, now)?;
        let user_exists =
            self.tokens.get(id).is_some_and(|token| self.users.contains(&token.user_id));
        if user_exists { Ok(()) } else { Err(AcceptError::UserNotFound) }
    }

    /// Accepts a token, which begins a session of this client.
    pub(crate) fn accept(
        &mut self,
        id: &str,
        client_id: String,
        now: UnixMillis,
    ) -> Result<Session, AcceptError> {
        self.check_acceptable(id, now)?;
        let token = self.tokens.leave_pending(id, TokenStatus::Accepted, now)?;
        let session = Session::impersonated(&token, client_id, now);
        self.sessions.insert(session.clone(), now);
        Ok(session)
    }

    pub(crate) fn revoke_token(
        &mut self,
        id: &str,
        now: UnixMillis,
    ) -> Result<IssuedToken, AcceptError> {
        self.tokens.leave_pending(id, TokenStatus::Revoked, now)
    }

    /// Begins a session of a user without an actor.
    pub(crate) fn start_session(
        &mut self,
        user_id: String,
        client_id: String,
        now: UnixMillis,
    ) -> Session {
        let session = Session::own(user_id, client_id, now);
        self.sessions.insert(session.clone(), now);
        session
    }

    /// Deletes a user, and ends the user's sessions.
    pub(crate) fn delete_user(&mut self, id: &str, now: UnixMillis) {
        self.users.delete(id);
        self.sessions.remove_user(id, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::session::SessionStatus;

    fn ledger_with_one_token() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.tokens.insert(IssuedToken::example(), 1_000);
        ledger
    }

    fn accept(ledger: &mut Ledger, now: UnixMillis) -> Result<Session, AcceptError> {
        ledger.accept("act_1", "client_1".to_owned(), now)
    }

    #[test]
    fn accepting_a_token_begins_its_session() {
        let mut ledger = ledger_with_one_token();
        let session = accept(&mut ledger, 2_000).unwrap();
        let token = ledger.tokens.get("act_1").unwrap();
        assert_eq!(token.status, TokenStatus::Accepted);
        assert_eq!((session.status, session.created_at), (SessionStatus::Active, 2_000));
        assert_eq!((&session.user_id, session.client_id.as_str()), (&token.user_id, "client_1"));
        assert_eq!(session.actor.as_ref(), Some(&token.actor));
        assert_eq!(session.actor_token_id.as_ref(), Some(&token.id));
        assert_eq!(ledger.sessions.get(&session.id, 2_000), Ok(session));
    }

    #[test]
    fn a_token_that_cannot_be_accepted_begins_no_session() {
        let mut ledger = ledger_with_one_token();
        assert_eq!(accept(&mut ledger, 61_000), Err(AcceptError::Expired));
        ledger.delete_user("user_1", 2_000);
        assert_eq!(accept(&mut ledger, 2_000), Err(AcceptError::UserNotFound));
        assert_eq!(ledger.tokens.get("act_1").unwrap().status, TokenStatus::Pending);
        ledger.revoke_token("act_1", 3_000).unwrap();
        let revoked = AcceptError::NotPending(TokenStatus::Revoked);
        assert_eq!(accept(&mut ledger, 3_000), Err(revoked));
        assert_eq!(ledger.sessions.iter(3_000).count(), 0);
    }
}
