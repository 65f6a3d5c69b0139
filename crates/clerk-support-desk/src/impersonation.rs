use std::time::Duration;

use clerk_actor_tokens::{
    Actor, ActorTokenId, CreateActorToken, EndImpersonation, InvalidInput, UserId,
};
use jiff::Timestamp;

/// How long the link can be used.
pub(crate) const LINK_LIFETIME: Duration = Duration::from_secs(2 * 60);

/// How long the session may last, once the link has been used.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What a support engineer asks for.
pub(crate) struct Wish {
    /// The form it came with. The same form asks only once, however often it is sent.
    pub(crate) form_id: String,
    pub(crate) engineer: String,
    pub(crate) user_id: UserId,
    pub(crate) reason: String,
}

/// A row of the audit table. It is written before anything is sent to Clerk.
pub(crate) struct Impersonation {
    pub(crate) id: String,
    pub(crate) engineer: String,
    pub(crate) user_id: UserId,
    pub(crate) reason: String,
    pub(crate) started_at: Timestamp,
    /// When the link, if there is one, has certainly expired.
    pub(crate) link_until: Timestamp,
    /// When the session, if there is one, has certainly ended by itself.
    pub(crate) until: Timestamp,
    /// Unknown until Clerk has responded, and forever if its response was lost.
    pub(crate) actor_token_id: Option<ActorTokenId>,
    pub(crate) refused_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// What an [`Impersonation`] has come to.
#[derive(Clone, Copy)]
pub(crate) enum State {
    /// Clerk has not responded, or its response was lost, or this program was stopped meanwhile.
    InDoubt,
    Live,
    /// Clerk has certainly not started it.
    Refused,
    Ended(Timestamp),
    /// Its time is over.
    Expired,
}

impl Impersonation {
    pub(crate) fn state(&self, now: Timestamp) -> State {
        match (self.refused_at, self.ended_at, &self.actor_token_id) {
            (Some(_), _, _) => State::Refused,
            (_, Some(at), _) => State::Ended(at),
            _ if now >= self.until => State::Expired,
            (_, _, Some(_)) => State::Live,
            (_, _, None) => State::InDoubt,
        }
    }

    /// Returns the actor, the same each time. Its `audit_id` is what tells this impersonation from
    /// all others, so an impersonation that is under way ends only while this stays the same.
    fn actor(&self) -> Result<Actor, InvalidInput> {
        Actor::new(&self.engineer)?.with_claim("audit_id", &self.id)
    }

    pub(crate) fn to_create(&self) -> Result<CreateActorToken, InvalidInput> {
        let command = CreateActorToken::new(self.user_id.clone(), self.actor()?);
        Ok(command.expires_in(LINK_LIFETIME).session_max_duration(SESSION_LIFETIME))
    }

    pub(crate) fn to_end(&self) -> Result<EndImpersonation, InvalidInput> {
        let (user_id, actor) = (self.user_id.clone(), self.actor()?);
        Ok(match &self.actor_token_id {
            Some(id) => EndImpersonation::new(id.clone(), user_id, actor),
            None => EndImpersonation::without_token(user_id, actor),
        })
    }
}
