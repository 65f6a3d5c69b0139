use ::ureq::{Agent, RequestBuilder, http::header::CONTENT_LENGTH};

use super::{
    prepared,
    typed::{ActorToken, CreateBody, Status},
};
use crate::{BoxError, driver::Driver, target::Target};

/// ureq as its documentation shows it. Each call blocks the thread of the runtime that measures it,
/// so only figures for one call at a time mean anything.
#[derive(Clone)]
pub(super) struct Ureq {
    agent: Agent,
    base_url: String,
}

impl Ureq {
    fn post(&self, url: String) -> RequestBuilder<::ureq::typestate::WithBody> {
        let mut request = self.agent.post(url);
        if let Some(headers) = request.headers_mut() {
            headers.extend(prepared::headers(0));
            // ureq sets it.
            headers.remove(CONTENT_LENGTH);
        }
        request
    }
}

impl Driver for Ureq {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        Ok(Self { agent: Agent::new_with_defaults(), base_url: target.base_url.clone() })
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        let request = self.post(format!("{}/actor_tokens", self.base_url));
        let mut response = request.send_json(CreateBody::new())?;
        response.body_mut().read_json::<ActorToken>()?.check(Status::Pending)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        let request = self.post(format!("{}/actor_tokens/{}/revoke", self.base_url, token.id));
        let mut response = request.send_empty()?;
        response.body_mut().read_json::<ActorToken>()?.check(Status::Revoked).map(drop)
    }
}
