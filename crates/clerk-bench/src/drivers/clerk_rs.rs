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
    Failure,
    answer::ID,
    driver::Driver,
    target::{ACTOR, EXPIRES_IN, SECRET_KEY, Target, USER_ID},
};

/// Is clerk-rs, with its own reqwest client unless a certificate has to be trusted.
#[derive(Clone)]
pub(super) struct ClerkRs(Arc<Configuration>);

impl Driver for ClerkRs {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, Failure> {
        let mut configuration = Configuration::new(SECRET_KEY).with_base_path(&target.base_url);
        if target.certificate.is_some() {
            configuration.client = reqwest::client(target, prepared::headers(0))?;
        }
        Ok(Self(Arc::new(configuration)))
    }

    async fn create(&self) -> Result<ActorToken, Failure> {
        let actor = CreateActorTokenRequestActor::new(ACTOR.to_owned());
        let mut request = CreateActorTokenRequest::new(USER_ID.to_owned(), actor);
        request.expires_in_seconds = Some(EXPIRES_IN.cast_signed());
        let token =
            create_actor_token(&self.0, Some(request)).await.map_err(|error| error.to_string())?;
        if token.id == ID && token.status == Status::Pending {
            Ok(token)
        } else {
            Err(token.id.into())
        }
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), Failure> {
        let token =
            revoke_actor_token(&self.0, &token.id).await.map_err(|error| error.to_string())?;
        if token.id == ID && token.status == Status::Revoked {
            Ok(())
        } else {
            Err(token.id.into())
        }
    }
}
