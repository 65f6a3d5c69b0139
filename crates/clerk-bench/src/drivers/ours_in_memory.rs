use clerk_actor_tokens::{
    ActorToken, ActorTokens, Body, HttpRequest, HttpResponse, HttpTransport, SecretKey, TokioTimer,
    TransportError, async_trait,
    http::{HeaderValue, header::CONTENT_TYPE},
};

use super::ours::{create, revoke};
use crate::{
    Failure, answer,
    driver::Driver,
    target::{SECRET_KEY, Target},
};

/// Is this project's client without a network: what is left is its own work.
#[derive(Clone)]
pub(super) struct OursInMemory(ActorTokens);

struct Memory;

#[async_trait]
impl HttpTransport for Memory {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut response = HttpResponse::new(Body::from(answer::to(request.uri().path())));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }
}

impl Driver for OursInMemory {
    type Token = ActorToken;

    fn new(_: &Target) -> Result<Self, Failure> {
        let key = SecretKey::new(SECRET_KEY)?;
        Ok(Self(ActorTokens::with_timer(Memory, TokioTimer, key)))
    }

    async fn create(&self) -> Result<ActorToken, Failure> {
        create(&self.0).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), Failure> {
        revoke(&self.0, token).await
    }
}
