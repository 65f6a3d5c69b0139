use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::{prepared, typed::CreateBody};
use crate::{BoxError, connector::connector, driver::Driver, response, target::Target};

/// hyper-util, raw: sends prepared bytes, receives the response and does not parse it. No client
/// can do less.
#[derive(Clone)]
pub(super) struct HyperRaw {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    create: PreparedRequest,
    revoke: PreparedRequest,
}

#[derive(Clone)]
struct PreparedRequest {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl HyperRaw {
    async fn send(&self, prepared: &PreparedRequest) -> Result<(), BoxError> {
        let mut request = Request::new(Full::new(prepared.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = prepared.uri.clone();
        *request.headers_mut() = prepared.headers.clone();
        let response = self.client.request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        response.into_body().collect().await?.to_bytes();
        Ok(())
    }
}

impl Driver for HyperRaw {
    type Token = ();

    fn new(target: &Target) -> Result<Self, BoxError> {
        let body = Bytes::from(serde_json::to_vec(&CreateBody::new())?);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector(target)?),
            create: PreparedRequest {
                uri: prepared::create_uri(target)?,
                headers: prepared::headers(body.len()),
                body,
            },
            revoke: PreparedRequest {
                uri: prepared::revoke_uri(target, response::ACTOR_TOKEN_ID)?,
                headers: prepared::headers(0),
                body: Bytes::new(),
            },
        })
    }

    async fn create(&self) -> Result<(), BoxError> {
        self.send(&self.create).await
    }

    async fn revoke(&self, (): &()) -> Result<(), BoxError> {
        self.send(&self.revoke).await
    }
}
