use clerk_actor_tokens::{ActorToken, Clerk, SecretKey, TowerTransport};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::ours::{create, revoke};
use crate::{
    BoxError,
    connector::connector,
    driver::Driver,
    target::{SECRET_KEY, Target},
};

/// This project's client with default settings, over the client of hyper-util.
#[derive(Clone)]
pub(super) struct OursOverTower(Clerk);

impl Driver for OursOverTower {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let client = Client::builder(TokioExecutor::new()).build(connector(target)?);
        let builder = Clerk::builder(SecretKey::new(SECRET_KEY)?).base_url(&target.base_url);
        Ok(Self(builder.transport(TowerTransport::new(client)).build()?))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        create(self.0.actor_tokens()).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        revoke(self.0.actor_tokens(), token).await
    }
}
