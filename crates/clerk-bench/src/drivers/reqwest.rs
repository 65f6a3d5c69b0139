use ::reqwest::{
    Certificate, Client,
    header::{CONTENT_TYPE, HeaderMap},
};

use super::{
    prepared,
    typed::{ActorToken, CreateBody, Status},
};
use crate::{Failure, driver::Driver, target::Target};

/// Is reqwest as its documentation shows it: a URL as text, `.json()` both ways.
#[derive(Clone)]
pub(super) struct Reqwest {
    client: Client,
    base_url: String,
}

/// Makes a client with these headers that also trusts the server's certificate.
pub(super) fn client(target: &Target, mut headers: HeaderMap) -> Result<Client, Failure> {
    // `.json()` sets them itself.
    headers.remove(CONTENT_TYPE);
    headers.remove(::reqwest::header::CONTENT_LENGTH);
    let mut builder = Client::builder().default_headers(headers);
    if let Some(certificate) = &target.certificate {
        builder = builder.tls_certs_merge([Certificate::from_der(certificate)?]);
    }
    Ok(builder.build()?)
}

impl Driver for Reqwest {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, Failure> {
        let client = client(target, prepared::headers(0))?;
        Ok(Self { client, base_url: target.base_url.clone() })
    }

    async fn create(&self) -> Result<ActorToken, Failure> {
        let url = format!("{}/actor_tokens", self.base_url);
        let response =
            self.client.post(url).json(&CreateBody::new()).send().await?.error_for_status()?;
        response.json::<ActorToken>().await?.check(Status::Pending)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), Failure> {
        let url = format!("{}/actor_tokens/{}/revoke", self.base_url, token.id);
        let response = self.client.post(url).send().await?.error_for_status()?;
        response.json::<ActorToken>().await?.check(Status::Revoked).map(drop)
    }
}
