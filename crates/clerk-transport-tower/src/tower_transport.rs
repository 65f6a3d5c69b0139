use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, Sent, TransportError, async_trait,
    http::{Request, Response},
};
use http_body::Body;
use tower_service::Service;

use crate::{RequestBody, cause::BoxError, classify::service_failed, collect::collect_limited};

/// An [`HttpTransport`] over a tower service: an HTTP client with layers, or a server in the same
/// process.
///
/// Each call clones the service, waits until the clone is ready, and calls it once. The service
/// need not be [`Sync`]. No runtime is needed but what the service needs.
///
/// See [`HttpTransport`] for the contract. The transport bounds the response and tells what was
/// sent. The rest is up to the service: it must not follow redirects, decompress, or send a request
/// to more than one server. It cannot send one twice, because a [`RequestBody`] cannot be cloned.
///
/// What was sent is known by the body, so a service must read it, ask for its end or drop it before
/// it acts on a request, as every HTTP client does. Until then, the request was not sent, and an
/// error or a time limit says so without the service's help. Afterwards it may have been sent, even
/// where the service knows better: over HTTP/2, for example, if the server refused the stream.
///
/// # Cancel safety
///
/// Dropping a call drops the future of the service. What a service has handed to a task of its own,
/// a buffer for example, may go on.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::{ActorTokens, SecretKey};
/// use clerk_transport_tower::TowerTransport;
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use tower::ServiceBuilder;
///
/// let client = Client::builder(TokioExecutor::new()).build_http();
/// let layered = ServiceBuilder::new()
///     .concurrency_limit(16)
///     .timeout(Duration::from_secs(8))
///     .service(client);
///
/// let key = SecretKey::new("sk_test_abc")?;
/// let actor_tokens = ActorTokens::new(TowerTransport::new(layered), key);
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
pub struct TowerTransport<S: Service<Request<RequestBody>>> {
    /// Locked only while it is cloned.
    service: Mutex<S>,
    convert: Arc<Convert<S::Error>>,
    max_response_bytes: usize,
}

type Convert<E> = dyn Fn(E, Sent) -> TransportError + Send + Sync;

impl<S: Service<Request<RequestBody>>> TowerTransport<S> {
    /// Creates a transport that classifies the errors of the service by itself.
    ///
    /// It knows I/O errors and TLS errors beneath hyper-util and reqwest, the timeouts of these and
    /// of tower, and passes a [`TransportError`] on. Any other error is
    /// [`TransportErrorKind::Other`](clerk_core::TransportErrorKind::Other). Use
    /// [`with`](Self::with) for a service whose errors say more.
    pub fn new(service: S) -> Self
    where
        S::Error: Into<BoxError>,
    {
        Self::with_convert(
            service,
            Arc::new(|error: S::Error, sent| service_failed(error.into(), sent)),
        )
    }

    /// Creates a transport with a function that classifies the errors of the service.
    ///
    /// The function decides the kind. A request whose body was not read was not sent, whatever the
    /// function says. About one that was, it may say [`Sent::No`] only where that is certain.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_core::{TransportError, TransportErrorKind};
    /// use clerk_transport_tower::TowerTransport;
    /// use hyper_util::{client::legacy::{Client, Error}, rt::TokioExecutor};
    ///
    /// let client = Client::builder(TokioExecutor::new()).build_http();
    /// let transport = TowerTransport::with(client, |error: Error| {
    ///     let kind = if error.is_connect() {
    ///         TransportErrorKind::Connect
    ///     } else {
    ///         TransportErrorKind::Io
    ///     };
    ///     TransportError::new(kind, error)
    /// });
    /// ```
    pub fn with(
        service: S,
        convert: impl Fn(S::Error) -> TransportError + Send + Sync + 'static,
    ) -> Self {
        Self::with_convert(service, Arc::new(move |error, _| convert(error)))
    }

    fn with_convert(service: S, convert: Arc<Convert<S::Error>>) -> Self {
        Self { service: Mutex::new(service), convert, max_response_bytes: 1024 * 1024 }
    }

    /// Sets the maximum size of a response body. The default is 1 MiB. A larger body fails with
    /// [`TransportErrorKind::TooLarge`](clerk_core::TransportErrorKind::TooLarge).
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }
}

impl<S: Service<Request<RequestBody>> + Clone> TowerTransport<S> {
    fn service(&self) -> S {
        self.service.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl<S, B> HttpTransport for TowerTransport<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send,
    S::Future: Send,
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (request, watch) = RequestBody::replace(request);
        let failed = |error| {
            let sent = watch.sent();
            let error = (self.convert)(error, sent);
            if sent == Sent::No { error.with_sent(sent) } else { error }
        };
        let mut service = self.service();
        poll_fn(|context| service.poll_ready(context)).await.map_err(&failed)?;
        let mut call = pin!(service.call(request));
        let response = poll_fn(|context| {
            let poll = call.as_mut().poll(context);
            if poll.is_pending() {
                watch.mark_if_dropped();
            }
            poll
        });
        let (head, body) = response.await.map_err(&failed)?.into_parts();
        watch.mark_written();
        match collect_limited(body, self.max_response_bytes).await {
            Ok(body) => Ok(Response::from_parts(head, body.into())),
            Err(error) => Err(error.with_head(head)),
        }
    }
}

impl<S: Service<Request<RequestBody>> + Clone> Clone for TowerTransport<S> {
    fn clone(&self) -> Self {
        Self {
            service: Mutex::new(self.service()),
            convert: Arc::clone(&self.convert),
            max_response_bytes: self.max_response_bytes,
        }
    }
}

impl<S: Service<Request<RequestBody>>> fmt::Debug for TowerTransport<S> {
    /// Shows nothing of the service, whose settings may contain a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerTransport")
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}
