use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request, Uri,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_LENGTH, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{
    prepared,
    typed::{ActorToken, CreateBody, Status},
};
use crate::{BoxError, driver::Driver, target::Target};

/// `hyper::client::conn`, typed: no TLS, and a plain list of idle connections. Not fit for
/// production; it shows what a real pool costs.
#[derive(Clone)]
pub(super) struct HyperConn {
    address: String,
    idle: Arc<Mutex<Vec<SendRequest<Full<Bytes>>>>>,
    create_path: Uri,
    headers: HeaderMap,
}

impl HyperConn {
    async fn send(&self, path: Uri, body: Vec<u8>) -> Result<ActorToken, BoxError> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_LENGTH, body.len().into());
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path;
        *request.headers_mut() = headers;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut sender = if let Some(sender) = idle {
            sender
        } else {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            sender
        };
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Driver for HyperConn {
    type Token = ActorToken;

    fn new(target: &Target) -> Result<Self, BoxError> {
        let uri = prepared::create_uri(target)?;
        let address = uri.authority().ok_or("the base URL has no authority")?.to_string();
        let mut headers = prepared::headers(0);
        headers.insert(HOST, HeaderValue::from_str(&address)?);
        Ok(Self { address, idle: Arc::default(), create_path: uri.path().parse()?, headers })
    }

    async fn create(&self) -> Result<ActorToken, BoxError> {
        let body = serde_json::to_vec(&CreateBody::new())?;
        self.send(self.create_path.clone(), body).await?.check(Status::Pending)
    }

    async fn revoke(&self, token: &ActorToken) -> Result<(), BoxError> {
        let path = format!("{}/{}/revoke", self.create_path, token.id).parse()?;
        self.send(path, Vec::new()).await?.check(Status::Revoked).map(drop)
    }
}
