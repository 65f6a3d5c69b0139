use std::time::Duration;

use clerk_actor_tokens::{
    Actor, ActorToken, ActorTokenId, ActorTokens, CreateActorToken, EndImpersonation,
    EndedImpersonation, Error, UserId,
};

/// A row of your audit table. It is written before anything is sent to Clerk.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub reason: String,
    pub user: UserId,
    pub support_engineer: String,
    /// Unknown until Clerk has responded, and forever if its response was lost.
    pub actor_token_id: Option<ActorTokenId>,
    /// Nothing is live any more: `end` has succeeded, or `start` has certainly created nothing.
    pub ended: bool,
}

impl Row {
    /// Returns the actor, the same each time. Its `audit_id` is what tells this impersonation from
    /// all others.
    fn actor(&self) -> Result<Actor, Error> {
        Ok(Actor::new(&self.support_engineer)?.with_claim("audit_id", &self.id)?)
    }
}

/// Starts an impersonation. Store the id of the token in the row, and show its `url` once.
pub async fn start(actor_tokens: &ActorTokens, row: &Row) -> Result<ActorToken, Error> {
    let command = CreateActorToken::new(row.user.clone(), row.actor()?)
        .expires_in(Duration::from_secs(120))
        .session_max_duration(Duration::from_secs(900));
    actor_tokens.create(command).await
}

/// Ends an impersonation, whatever has become of it. It can be called again at any time.
pub async fn end(actor_tokens: &ActorTokens, row: &Row) -> Result<EndedImpersonation, Error> {
    let (user, actor) = (row.user.clone(), row.actor()?);
    let command = match &row.actor_token_id {
        Some(id) => EndImpersonation::new(id.clone(), user, actor),
        None => EndImpersonation::without_token(user, actor),
    };
    actor_tokens.end_impersonation(command).await
}
