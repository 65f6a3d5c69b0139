use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Uri, header::CONTENT_LENGTH};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::{
    prepared,
    typed::{ActorToken, CreateBody, Status},
};
use crate::{BoxError, connector::connector, driver::Driver, target::Target};

/// hyper-util, typed: serde for both bodies, as lean as a typed client on hyper-util can be. No
/// validation, no retries, no timeouts and no limit on the size of a response.
#[derive(Clone)]
pub(super) struct HyperTyped {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    target: Target,
    create_uri: Uri,
    headers: HeaderMap,
}

impl HyperTyped {
    async fn send(&self, uri: Uri, body: Vec<u8>) -> Result<ActorToken, BoxError> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_LENGTH, body.len().into());
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let response = self.client.request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Driver for HyperTyped {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector(target)?),
            create_uri: prepared::create_uri(target)?,
            headers: prepared::headers(0),
            target: target.clone(),
        })
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        let body = serde_json::to_vec(&CreateBody::new())?;
        self.send(self.create_uri.clone(), body).await?.check(Status::Pending)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        let uri = prepared::revoke_uri(&self.target, &token.id)?;
        self.send(uri, Vec::new()).await?.check(Status::Revoked).map(drop)
    }
}
