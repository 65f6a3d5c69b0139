use super::{
    clock::UnixMillis,
    issued_token::{IssuedToken, TokenStatus},
    records::Records,
};

/// The issued tokens, and the rules by which they change.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Records<IssuedToken>);

/// The reason why an actor token cannot be accepted or revoked.
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
    /// This emulator has not issued a token with this id, or this ticket.
    #[error("actor token not found")]
    NotFound,
    /// The token has already been accepted or revoked.
    #[error("actor token is {0}, not pending")]
    NotPending(TokenStatus),
    /// The token is pending, but has expired.
    #[error("actor token has expired")]
    Expired,
    /// The user of the token has been deleted. A revoke does not care.
    #[error("user of the actor token not found")]
    UserNotFound,
}

impl Tokens {
    pub(crate) fn insert(&mut self, token: IssuedToken, now: UnixMillis) {
        self.0.insert(token, now);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&IssuedToken> {
        self.0.get(id)
    }

    /// Returns the tokens in order of creation.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &IssuedToken> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks that a token can still be accepted or revoked.
    pub(crate) fn check_pending(&self, id: &str, now: UnixMillis) -> Result<(), AcceptError> {
        let token = self.0.get(id).ok_or(AcceptError::NotFound)?;
        if token.status != TokenStatus::Pending {
            return Err(AcceptError::NotPending(token.status));
        }
        if token.is_expired(now) {
            return Err(AcceptError::Expired);
        }
        Ok(())
    }

    /// Changes the status of a token. Only a pending token changes, and only once.
    pub(crate) fn leave_pending(
        &mut self,
        id: &str,
        to: TokenStatus,
        now: UnixMillis,
    ) -> Result<IssuedToken, AcceptError> {
        self.check_pending(id, now)?;
        let token = self.0.get_mut(id).ok_or(AcceptError::NotFound)?;
        token.status = to;
        token.updated_at = now;
        Ok(token.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens_with_one() -> Tokens {
        let mut tokens = Tokens::default();
        tokens.insert(IssuedToken::example(), 1_000);
        tokens
    }

    #[test]
    fn a_pending_token_changes_once() {
        for to in [TokenStatus::Accepted, TokenStatus::Revoked] {
            let mut tokens = tokens_with_one();
            let changed = tokens.leave_pending("act_1", to, 2_000).unwrap();
            assert_eq!(
                (changed.status, changed.created_at, changed.updated_at),
                (to, 1_000, 2_000)
            );
            for other in [TokenStatus::Accepted, TokenStatus::Revoked] {
                let refused = tokens.leave_pending("act_1", other, 3_000);
                assert_eq!(refused, Err(AcceptError::NotPending(to)));
            }
            assert_eq!(tokens.get("act_1"), Some(&changed));
        }
    }

    #[test]
    fn an_expired_token_stays_pending() {
        let mut tokens = tokens_with_one();
        let refused = tokens.leave_pending("act_1", TokenStatus::Revoked, 61_000);
        assert_eq!(refused, Err(AcceptError::Expired));
        assert_eq!(tokens.get("act_1").unwrap().status, TokenStatus::Pending);
    }

    #[test]
    fn an_unknown_token_is_not_found() {
        let mut tokens = tokens_with_one();
        let refused = tokens.leave_pending("act_2", TokenStatus::Revoked, 1_000);
        assert_eq!(refused, Err(AcceptError::NotFound));
        assert!(tokens.get("act_2").is_none());
    }
}
