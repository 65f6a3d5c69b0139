use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::{prepared, typed::CreateBody};
use crate::{Failure, answer, connector::connector, driver::Driver, target::Target};

/// Is hyper-util alone: prepared bytes go out, and what comes back is not read, only received. No
/// client can do less.
#[derive(Clone)]
pub(super) struct HyperRaw {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    create: Prepared,
    revoke: Prepared,
}

#[derive(Clone)]
struct Prepared {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl HyperRaw {
    async fn send(&self, prepared: &Prepared) -> Result<(), Failure> {
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

    fn new(target: &Target) -> Result<Self, Failure> {
        let body = Bytes::from(serde_json::to_vec(&CreateBody::new())?);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector(target)?),
            create: Prepared {
                uri: prepared::create_uri(target)?,
                headers: prepared::headers(body.len()),
                body,
            },
            revoke: Prepared {
                uri: prepared::revoke_uri(target, answer::ID)?,
                headers: prepared::headers(0),
                body: Bytes::new(),
            },
        })
    }

    async fn create(&self) -> Result<(), Failure> {
        self.send(&self.create).await
    }

    async fn revoke(&self, (): &()) -> Result<(), Failure> {
        self.send(&self.revoke).await
    }
}
