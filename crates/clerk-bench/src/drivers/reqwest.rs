use ::reqwest::{
    Certificate, Client, ClientBuilder,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
};

use super::{
    prepared,
    typed::{ActorToken, CreateBody, Status},
};
use crate::{BoxError, driver::Driver, target::Target};

/// reqwest as its documentation shows it: URLs as strings, `.json()` for both bodies.
#[derive(Clone)]
pub(super) struct Reqwest {
    client: Client,
    base_url: String,
}

/// Returns a client that sends these headers and trusts the target's certificate.
pub(super) fn client(target: &Target, mut headers: HeaderMap) -> Result<Client, BoxError> {
    // `.json()` sets these.
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    Ok(builder(target)?.default_headers(headers).build()?)
}

/// Returns the builder of a client that trusts the target's certificate.
pub(super) fn builder(target: &Target) -> Result<ClientBuilder, BoxError> {
    let builder = Client::builder();
    Ok(match &target.certificate {
        Some(certificate) => builder.tls_certs_merge([Certificate::from_der(certificate)?]),
        None => builder,
    })
}

impl Driver for Reqwest {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let client = client(target, prepared::headers(0))?;
        Ok(Self { client, base_url: target.base_url.clone() })
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        let url = format!("{}/actor_tokens", self.base_url);
        let response =
            self.client.post(url).json(&CreateBody::new()).send().await?.error_for_status()?;
        response.json::<ActorToken>().await?.check(Status::Pending)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        let url = format!("{}/actor_tokens/{}/revoke", self.base_url, token.id);
        let response = self.client.post(url).send().await?.error_for_status()?;
        response.json::<ActorToken>().await?.check(Status::Revoked).map(drop)
    }
}
