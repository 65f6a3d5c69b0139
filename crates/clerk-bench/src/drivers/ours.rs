use std::time::Duration;

use clerk_actor_tokens::{
    Actor, ActorToken, ActorTokenStatus, ActorTokens, Clerk, CreateActorToken, HyperTransport,
    SecretKey, UserId,
};

use crate::{
    Failure,
    answer::ID,
    connector::tls_config,
    driver::Driver,
    target::{ACTOR, EXPIRES_IN, SECRET_KEY, Target, USER_ID},
};

/// Is this project's client with defaults: checks, retries, time limits, a bound on answers.
#[derive(Clone)]
pub(super) struct Ours(Clerk);

impl Driver for Ours {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, Failure> {
        let builder = Clerk::builder(SecretKey::new(SECRET_KEY)?).base_url(&target.base_url);
        let clerk = if target.certificate.is_some() {
            let transport = HyperTransport::builder().tls_config(tls_config(target)?).build()?;
            builder.transport(transport).build()?
        } else {
            builder.build()?
        };
        Ok(Self(clerk))
    }

    async fn create(&self) -> Result<ActorToken, Failure> {
        create(self.0.actor_tokens()).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), Failure> {
        revoke(self.0.actor_tokens(), token).await
    }
}

pub(super) async fn create(actor_tokens: &ActorTokens) -> Result<ActorToken, Failure> {
    let command = CreateActorToken::new(UserId::new(USER_ID)?, Actor::new(ACTOR)?)
        .expires_in(Duration::from_secs(EXPIRES_IN.into()));
    let token = actor_tokens.create(command).await?;
    if token.id.as_str() == ID && token.status == ActorTokenStatus::Pending {
        Ok(token)
    } else {
        Err(token.id.to_string().into())
    }
}

pub(super) async fn revoke(actor_tokens: &ActorTokens, token: &ActorToken) -> Result<(), Failure> {
    actor_tokens.revoke(&token.id).await?;
    Ok(())
}
