use clerk_actor_tokens::{ActorToken, SecretKey, blocking::Clerk};

use super::ours::{check, command};
use crate::{
    BoxError,
    driver::Driver,
    target::{SECRET_KEY, Target},
};

/// This project's client without async. Each call blocks the thread of the runtime that measures
/// it, so only figures for one call at a time mean anything.
#[derive(Clone)]
pub(super) struct OursBlocking(Clerk);

impl Driver for OursBlocking {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let builder = Clerk::builder(SecretKey::new(SECRET_KEY)?).base_url(&target.base_url);
        Ok(Self(builder.build()?))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        check(self.0.actor_tokens().create(command()?).send()?)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        self.0.actor_tokens().revoke(&token.id).send()?;
        Ok(())
    }
}
