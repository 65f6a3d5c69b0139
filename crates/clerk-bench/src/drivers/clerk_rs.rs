use std::sync::Arc;

use ::clerk_rs::{
    apis::{
        actor_tokens_api::{create_actor_token, revoke_actor_token},
        configuration::Configuration,
    },
    models::{
        ActorToken, CreateActorTokenRequest, CreateActorTokenRequestActor, actor_token::Status,
    },
};

use super::{prepared, reqwest};
use crate::{
    BoxError,
    driver::Driver,
    response::ACTOR_TOKEN_ID,
    target::{ACTOR_SUB, EXPIRES_IN, SECRET_KEY, Target, USER_ID},
};

/// clerk-rs, with its own reqwest client unless the target has a certificate to trust.
#[derive(Clone)]
pub(super) struct ClerkRs(Arc<Configuration>);

impl Driver for ClerkRs {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let mut configuration = Configuration::new(SECRET_KEY).with_base_path(&target.base_url);
        if target.certificate.is_some() {
            configuration.client = reqwest::client(target, prepared::headers(0))?;
        }
        Ok(Self(Arc::new(configuration)))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        let actor = CreateActorTokenRequestActor::new(ACTOR_SUB.to_owned());
        let mut request = CreateActorTokenRequest::new(USER_ID.to_owned(), actor);
        request.expires_in_seconds = Some(EXPIRES_IN.cast_signed());
        let token =
            create_actor_token(&self.0, Some(request)).await.map_err(|error| error.to_string())?;
        if token.id == ACTOR_TOKEN_ID && token.status == Status::Pending {
            Ok(token)
        } else {
            Err(format!("unexpected actor token: {} is {:?}", token.id, token.status).into())
        }
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        let token =
            revoke_actor_token(&self.0, &token.id).await.map_err(|error| error.to_string())?;
        if token.id == ACTOR_TOKEN_ID && token.status == Status::Revoked {
            Ok(())
        } else {
            Err(format!("unexpected actor token: {} is {:?}", token.id, token.status).into())
        }
    }
}
