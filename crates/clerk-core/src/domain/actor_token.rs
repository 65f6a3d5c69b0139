use super::{ActorTokenId, ActorTokenStatus, Claims, Secret, UnixMillis, UserId};

/// Is what Clerk answers: a one-time ticket with which the actor can sign in as the user.
///
/// Whoever holds [`token`](Self::token) or [`url`](Self::url) *is* that user, past every second
/// factor. Hand the URL over as it is, by a channel you would trust with the user's password;
/// `Debug` shows neither.
///
/// Source: `ActorToken` in Clerk's Backend API specification, 2026-05-12.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActorToken {
    /// The only handle on the token: keep it, for no endpoint lists tokens.
    pub id: ActorTokenId,
    /// Where it is in its life.
    pub status: ActorTokenStatus,
    /// Who is impersonated.
    pub user_id: UserId,
    /// Who impersonates; empty if Clerk left it out.
    pub actor: Claims,
    /// The ticket itself, if Clerk sent it.
    pub token: Option<Secret>,
    /// The link that consumes the ticket and signs in, if Clerk sent it.
    pub url: Option<Secret>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}
