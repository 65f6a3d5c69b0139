use super::{Actor, ActorToken, ActorTokenId, InvalidInput, UserId};

/// The impersonation to end: the actor token it began with, the user, and the actor.
///
/// All three can be stored in the row of an audit table when the token is created. Nothing in a
/// session names the token that it came from, so its sessions are found by their actor: those whose
/// actor is the same JSON, however it is written. To tell impersonations apart, put an id of your
/// own into the actor.
///
/// # Examples
///
/// From what was stored:
///
/// ```
/// use clerk_core::{Actor, EndImpersonation};
///
/// let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
/// let command = EndImpersonation::new("act_1".parse()?, "user_1".parse()?, actor);
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
///
/// From the token, while you have it:
///
/// ```
/// # use clerk_core::{ActorToken, EndImpersonation, InvalidInput};
/// fn end(actor_token: &ActorToken) -> Result<EndImpersonation, InvalidInput> {
///     EndImpersonation::try_from(actor_token)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct EndImpersonation {
    actor_token_id: Option<ActorTokenId>,
    user_id: UserId,
    actor: Actor,
}

impl EndImpersonation {
    /// Creates a command that revokes the token, if it is still pending, and otherwise ends the
    /// sessions in which this actor acts as the user.
    ///
    /// The actor is the one that was passed to `create`, with all its claims.
    pub fn new(actor_token_id: ActorTokenId, user_id: UserId, actor: Actor) -> Self {
        Self { actor_token_id: Some(actor_token_id), user_id, actor }
    }

    /// Creates a command that only ends sessions, for a create whose token id was never learned
    /// because its response was lost.
    ///
    /// A token that nobody has used yet remains usable until it expires. End the impersonation
    /// again after that, to be certain.
    pub fn without_token(user_id: UserId, actor: Actor) -> Self {
        Self { actor_token_id: None, user_id, actor }
    }

    pub(crate) fn actor_token_id(&self) -> Option<&ActorTokenId> {
        self.actor_token_id.as_ref()
    }

    pub(crate) fn user_id(&self) -> &UserId {
        &self.user_id
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl TryFrom<&ActorToken> for EndImpersonation {
    type Error = InvalidInput;

    /// Converts a token whose actor has a non-empty string `sub`. Clerk need not echo one: then use
    /// [`new`](Self::new) with the actor that was passed to `create`.
    fn try_from(actor_token: &ActorToken) -> Result<Self, InvalidInput> {
        let actor = Actor::try_from(actor_token.actor.clone())?;
        Ok(Self::new(actor_token.id.clone(), actor_token.user_id.clone(), actor))
    }
}

#[cfg(test)]
mod tests {
    use super::{Actor, ActorToken, EndImpersonation};
    use crate::domain::{ActorTokenStatus, Claims, UnixMillis};

    fn token(actor: &str) -> ActorToken {
        ActorToken {
            id: "act_1".parse().unwrap(),
            status: ActorTokenStatus::Pending,
            user_id: "user_1".parse().unwrap(),
            actor: Claims::from_json(actor).unwrap(),
            token: None,
            url: None,
            created_at: UnixMillis::new(0),
            updated_at: UnixMillis::new(0),
        }
    }

    #[test]
    fn a_token_says_what_to_end() {
        let json = r#"{ "sub":"a", "n":1.10 }"#;
        let expected = EndImpersonation::new(
            "act_1".parse().unwrap(),
            "user_1".parse().unwrap(),
            Actor::from_json(json).unwrap(),
        );
        assert_eq!(EndImpersonation::try_from(&token(json)), Ok(expected));
    }

    #[test]
    fn a_token_whose_actor_was_not_echoed_does_not() {
        for actor in ["{}", r#"{"sub":null}"#, r#"{"sub":""}"#] {
            let error = EndImpersonation::try_from(&token(actor)).unwrap_err();
            assert_eq!(error.field(), "actor.sub", "{actor}");
        }
    }
}
