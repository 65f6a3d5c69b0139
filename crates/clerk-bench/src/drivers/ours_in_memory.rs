use clerk_actor_tokens::{
    ActorToken, ActorTokens, Body, HttpRequest, HttpResponse, HttpTransport, SecretKey, TokioTimer,
    TransportError, async_trait,
    http::{HeaderValue, header::CONTENT_TYPE},
};

use super::ours::{create, revoke};
use crate::{
    BoxError,
    driver::Driver,
    response,
    target::{SECRET_KEY, Target},
};

/// This project's client without a network, which leaves only its own work.
#[derive(Clone)]
pub(super) struct OursInMemory(ActorTokens);

struct InMemoryTransport;

#[async_trait]
impl HttpTransport for InMemoryTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let body = Body::from(response::body_for(request.uri().path()));
        let mut response = HttpResponse::new(body);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }
}

impl Driver for OursInMemory {
    type Token = ActorToken;

    fn new(_: &Target) -> Result<Self, BoxError> {
        let key = SecretKey::new(SECRET_KEY)?;
        Ok(Self(ActorTokens::with_timer(InMemoryTransport, TokioTimer, key)))
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        create(&self.0).await
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        revoke(&self.0, token).await
    }
}
