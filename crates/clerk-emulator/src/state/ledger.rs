use std::collections::HashMap;

use super::{
    clock::UnixMillis,
    generate,
    issued_token::{IssuedToken, TokenStatus},
};

/// The parameters of a token, checked and with defaults applied.
#[derive(Debug)]
pub(crate) struct NewToken {
    pub(crate) user_id: String,
    pub(crate) actor: String,
    pub(crate) expires_in_seconds: u64,
    pub(crate) session_max_duration_in_seconds: u64,
}

/// The issued tokens, and the rules by which they change.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// In order of creation.
    tokens: Vec<IssuedToken>,
    /// The index of each id in `tokens`.
    positions: HashMap<String, usize>,
}

/// The reason why an actor token cannot be accepted.
///
/// # Examples
///
/// ```
/// use clerk_emulator::{AcceptError, Emulator};
///
/// let emulator = Emulator::start()?;
/// assert_eq!(emulator.accept("act_unknown"), Err(AcceptError::NotFound));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// This emulator has not issued a token with this id.
    #[error("actor token not found")]
    NotFound,
    /// The token has already been accepted or revoked.
    #[error("actor token is {0}, not pending")]
    NotPending(TokenStatus),
    /// The token is pending, but has expired.
    #[error("actor token has expired")]
    Expired,
}

/// The reason why a token cannot be revoked. The rules are those for accepting one.
pub(crate) type RevokeError = AcceptError;

impl Ledger {
    pub(crate) fn issue(&mut self, new: NewToken, now: UnixMillis) -> IssuedToken {
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
        self.positions.insert(token.id.clone(), self.tokens.len());
        self.tokens.push(token.clone());
        token
    }

    pub(crate) fn revoke(&mut self, id: &str, now: UnixMillis) -> Result<IssuedToken, RevokeError> {
        self.leave_pending(id, TokenStatus::Revoked, now)
    }

    pub(crate) fn accept(&mut self, id: &str, now: UnixMillis) -> Result<IssuedToken, AcceptError> {
        self.leave_pending(id, TokenStatus::Accepted, now)
    }

    pub(crate) fn token(&self, id: &str) -> Option<&IssuedToken> {
        self.tokens.get(*self.positions.get(id)?)
    }

    pub(crate) fn tokens(&self) -> &[IssuedToken] {
        &self.tokens
    }

    /// Changes the status of a token. Only a pending token changes, and only once.
    fn leave_pending(
        &mut self,
        id: &str,
        to: TokenStatus,
        now: UnixMillis,
    ) -> Result<IssuedToken, AcceptError> {
        let position = self.positions.get(id).copied().ok_or(AcceptError::NotFound)?;
        let token = self.tokens.get_mut(position).ok_or(AcceptError::NotFound)?;
        if token.status != TokenStatus::Pending {
            return Err(AcceptError::NotPending(token.status));
        }
        if token.is_expired(now) {
            return Err(AcceptError::Expired);
        }
        token.status = to;
        token.updated_at = now;
        Ok(token.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger_with_one_token() -> (Ledger, String) {
        let mut ledger = Ledger::default();
        let new = NewToken {
            user_id: "user_1".to_owned(),
            actor: r#"{"sub":"user_2"}"#.to_owned(),
            expires_in_seconds: 60,
            session_max_duration_in_seconds: 1800,
        };
        let id = ledger.issue(new, 1_000).id;
        (ledger, id)
    }

    #[test]
    fn a_new_token_is_pending() {
        let (ledger, id) = ledger_with_one_token();
        let token = ledger.token(&id).unwrap();
        assert_eq!(token.status, TokenStatus::Pending);
        assert_eq!((token.created_at, token.updated_at), (1_000, 1_000));
        assert!(token.url.ends_with(&token.token));
    }

    #[test]
    fn a_pending_token_can_be_revoked_once() {
        let (mut ledger, id) = ledger_with_one_token();
        let revoked = ledger.revoke(&id, 2_000).unwrap();
        assert_eq!(revoked.status, TokenStatus::Revoked);
        assert_eq!((revoked.created_at, revoked.updated_at), (1_000, 2_000));
        assert_eq!(ledger.revoke(&id, 3_000), Err(RevokeError::NotPending(TokenStatus::Revoked)));
        assert_eq!(ledger.token(&id).unwrap().updated_at, 2_000);
    }

    #[test]
    fn accepted_tokens_can_be_neither_accepted_nor_revoked() {
        let (mut ledger, id) = ledger_with_one_token();
        assert_eq!(ledger.accept(&id, 2_000).unwrap().status, TokenStatus::Accepted);
        assert_eq!(ledger.accept(&id, 2_000), Err(AcceptError::NotPending(TokenStatus::Accepted)));
        assert_eq!(ledger.revoke(&id, 2_000), Err(RevokeError::NotPending(TokenStatus::Accepted)));
    }

    #[test]
    fn expired_tokens_stay_pending_and_can_be_neither_accepted_nor_revoked() {
        let (mut ledger, id) = ledger_with_one_token();
        assert_eq!(ledger.accept(&id, 61_000), Err(AcceptError::Expired));
        assert_eq!(ledger.revoke(&id, 61_000), Err(RevokeError::Expired));
        assert_eq!(ledger.token(&id).unwrap().status, TokenStatus::Pending);
    }

    #[test]
    fn unknown_tokens_are_not_found() {
        let (mut ledger, _) = ledger_with_one_token();
        assert_eq!(ledger.accept("act_2", 1_000), Err(AcceptError::NotFound));
        assert_eq!(ledger.revoke("act_2", 1_000), Err(RevokeError::NotFound));
        assert!(ledger.token("act_2").is_none());
    }
}
