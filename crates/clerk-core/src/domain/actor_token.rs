use super::{ActorTokenId, ActorTokenStatus, Claims, Secret, UnixMillis, UserId};

/// A one-time ticket that lets an actor sign in as a user.
///
/// Whoever has [`token`](Self::token) or [`url`](Self::url) can sign in as that user, bypassing any
/// second factor. Pass the URL on unchanged, over a channel that you would trust with the user's
/// password. `Debug` shows neither.
///
/// Source: `ActorToken` in Clerk's Backend API specification, 2026-05-12.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActorToken {
    /// The only handle on the token: store it, because no endpoint lists actor tokens.
    pub id: ActorTokenId,
    /// The state of the token.
    pub status: ActorTokenStatus,
    /// The user who is impersonated.
    pub user_id: UserId,
    /// The actor who impersonates the user; empty if Clerk sent none.
    pub actor: Claims,
    /// The ticket itself, if Clerk sent it.
    pub token: Option<Secret>,
    /// The URL that redeems the ticket and signs the actor in, if Clerk sent it.
    pub url: Option<Secret>,
    /// When the token was created.
    pub created_at: UnixMillis,
    /// When the token last changed.
    pub updated_at: UnixMillis,
}
