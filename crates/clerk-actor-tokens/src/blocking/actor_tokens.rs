use std::fmt;

use clerk_core::{
    ActorToken, ActorTokenId, CreateActorToken, EndImpersonation, EndedImpersonation,
};

use super::{Call, runtime_thread::RuntimeThread};

/// The operations on actor tokens, as calls that block.
#[derive(Clone)]
pub struct ActorTokens {
    actor_tokens: clerk_core::ActorTokens,
    thread: RuntimeThread,
}

impl ActorTokens {
    pub(super) fn new(actor_tokens: clerk_core::ActorTokens) -> Self {
        Self { actor_tokens, thread: RuntimeThread::default() }
    }

    /// Creates an actor token; see [`ActorTokens::create`](crate::ActorTokens::create).
    pub fn create(&self, command: CreateActorToken) -> Call<ActorToken> {
        Call::new(self.actor_tokens.create(command), &self.thread)
    }

    /// Revokes an actor token that nobody has used yet; see
    /// [`ActorTokens::revoke`](crate::ActorTokens::revoke).
    pub fn revoke(&self, actor_token_id: &ActorTokenId) -> Call<ActorToken> {
        Call::new(self.actor_tokens.revoke(actor_token_id), &self.thread)
    }

    /// Ends an impersonation in any state; see
    /// [`ActorTokens::end_impersonation`](crate::ActorTokens::end_impersonation).
    pub fn end_impersonation(&self, command: EndImpersonation) -> Call<EndedImpersonation> {
        Call::new(self.actor_tokens.end_impersonation(command), &self.thread)
    }
}

impl fmt::Debug for ActorTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.actor_tokens.fmt(f)
    }
}
