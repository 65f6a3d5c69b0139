use clerk_actor_tokens::{ActorToken, Clerk, ReqwestTransport, SecretKey};

use super::{
    ours::{create, revoke},
    reqwest,
};
use crate::{
    BoxError,
    driver::Driver,
    target::{SECRET_KEY, Target},
};

/// This project's client with default settings, over a reqwest client with default settings.
#[derive(Clone)]
pub(super) struct OursOverReqwest(Clerk);

impl Driver for OursOverReqwest {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let transport = ReqwestTransport::new(reqwest::builder(target)?)?;
        let builder = Clerk::builder(SecretKey::new(SECRET_KEY)?).base_url(&target.base_url);
        Ok(Self(builder.transport(transport).build()?))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        create(self.0.actor_tokens()).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        revoke(self.0.actor_tokens(), token).await
    }
}
