use std::time::Duration;

use clerk_actor_tokens::{
    Actor, ActorToken, ActorTokenStatus, ActorTokens, Clerk, CreateActorToken, HyperTransport,
    SecretKey, UserId,
};

use crate::{
    BoxError,
    connector::tls_config,
    driver::Driver,
    response::ACTOR_TOKEN_ID,
    target::{ACTOR_SUB, EXPIRES_IN, SECRET_KEY, Target, USER_ID},
};

/// This project's client with default settings: validation, retries, timeouts and a limit on the
/// size of a response.
#[derive(Clone)]
pub(super) struct Ours(Clerk);

impl Driver for Ours {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let builder = Clerk::builder(SecretKey::new(SECRET_KEY)?).base_url(&target.base_url);
        let clerk = if target.certificate.is_some() {
            let transport = HyperTransport::builder().tls_config(tls_config(target)?).build()?;
            builder.transport(transport).build()?
        } else {
            builder.build()?
        };
        Ok(Self(clerk))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        create(self.0.actor_tokens()).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        revoke(self.0.actor_tokens(), token).await
    }
}

/// Builds a create from plain strings.
pub(super) fn command() -> Result<CreateActorToken, BoxError> {
    Ok(CreateActorToken::new(UserId::new(USER_ID)?, Actor::new(ACTOR_SUB)?)
        .expires_in(Duration::from_secs(EXPIRES_IN.into())))
}

/// Returns the token if it is the expected one.
pub(super) fn check(token: ActorToken) -> Result<ActorToken, BoxError> {
    if token.id.as_str() == ACTOR_TOKEN_ID && token.status == ActorTokenStatus::Pending {
        Ok(token)
    } else {
        Err(format!("unexpected actor token: {} is {}", token.id, token.status).into())
    }
}

pub(super) async fn create(actor_tokens: &ActorTokens) -> Result<ActorToken, BoxError> {
    check(actor_tokens.create(command()?).await?)
}

pub(super) async fn revoke(actor_tokens: &ActorTokens, token: &ActorToken) -> Result<(), BoxError> {
    actor_tokens.revoke(&token.id).await?;
    Ok(())
}
