use std::{
    error::Error as StdError,
    fmt::Write as _,
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::{
    Sent, TransportError, TransportErrorKind,
    http::{Request, Response},
};
use clerk_transport_tower::RequestBody;
use reqwest::{Body, Client, Url};
use tokio::runtime::Handle;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A reqwest client as a service over the types of `http`.
#[derive(Clone)]
pub(crate) struct ReqwestService(pub(crate) Client);

impl Service<Request<RequestBody>> for ReqwestService {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // Without a runtime, reqwest would panic.
        Poll::Ready(Handle::try_current().map(drop).map_err(|error| misconfigured(error).into()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let exchange = convert(request).map(|request| self.0.execute(request));
        Box::pin(async move { exchange?.await.map(Response::from).map_err(exchange_failed) })
    }
}

/// Converts a request, unless reqwest would send it to another path: it resolves dot segments and
/// escapes what it finds unusual.
fn convert(request: Request<RequestBody>) -> Result<reqwest::Request, TransportError> {
    let (head, body) = request.into_parts();
    // `to_string` would allocate four times: a URI does not tell its length.
    let mut url = String::with_capacity(128);
    write!(url, "{}", head.uri).map_err(misconfigured)?;
    let url = Url::parse(&url).map_err(misconfigured)?;
    if (url.path(), url.query()) != (head.uri.path(), head.uri.query()) {
        return Err(misconfigured(
            "path or query of the URL is not in the form that reqwest sends",
        ));
    }
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(Body::wrap(body));
    Ok(request)
}

/// Returns the error of an exchange, without the URL, or as one of the configuration.
fn exchange_failed(error: reqwest::Error) -> BoxError {
    let error = error.without_url();
    let mut root: &dyn StdError = &error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    if root.to_string() == NOT_HTTP {
        return misconfigured(NO_TLS).into();
    }
    // A scheme that the builder forbids, for example.
    if error.is_builder() { misconfigured(error).into() } else { error.into() }
}

/// How the connector of a build without TLS refuses an https URL.
const NOT_HTTP: &str = "invalid URL, scheme is not http";
const NO_TLS: &str =
    "https needs TLS: enable a feature of reqwest for it, such as `rustls` or `native-tls`";

fn misconfigured(cause: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Config, cause).with_sent(Sent::No)
}
