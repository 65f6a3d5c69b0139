use std::{error::Error as StdError, fmt, sync::Arc};

use clerk_core::{
    ConfigError, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind, async_trait,
};
use tokio::runtime::Handle;

use crate::{
    HyperTransportBuilder,
    connector::Connect,
    exchange::{SendError, full_request},
    limits::Limits,
    pool::Origins,
};

/// An [`HttpTransport`] on hyper and h2, with a small connection pool of its own.
///
/// Cloning is cheap, and clones share the pool. A tokio runtime with I/O and time enabled is
/// required: without one, every call fails with [`TransportErrorKind::Config`] and sends nothing.
/// Calls on different runtimes do not share connections, because a connection belongs to the
/// runtime that opened it and makes no progress while that runtime is idle.
///
/// If a call is dropped or reaches a limit, its request is no longer written, and its HTTP/1.1
/// connection or its HTTP/2 stream ends. A connection that is still being opened is finished within
/// the connect timeout, and kept for the next call. When the last clone of the transport is
/// dropped, all connections and tasks end.
///
/// See [`HttpTransport`] for the contract. An idle connection that turns out to be closed is not a
/// failure: the request is handed back unwritten, and it moves to another connection within the
/// same attempt.
///
/// Over HTTP/2, calls share connections. While the server allows no more streams, a call waits for
/// one, and nothing of it is sent.
///
/// # Cancel safety
///
/// Dropping a call ends its exchange, and nothing more of it is sent, with one exception: over
/// HTTP/2, if other calls use the connection, too, what already waits to be written may still
/// leave. That is the head of a request that was just handed over, or whatever the socket has not
/// accepted yet.
///
/// A connection on which a call was dropped before its response began is given to no other call: it
/// may be one on which there will never be any response.
///
/// # Examples
///
/// ```no_run
/// use clerk_core::{ActorTokens, SecretKey};
/// use clerk_transport_hyper::{HyperTransport, TokioTimer};
///
/// let key = SecretKey::new("sk_test_abc")?;
/// let actor_tokens = ActorTokens::builder(HyperTransport::new(), key).timer(TokioTimer).build()?;
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct HyperTransport(Result<Arc<Inner>, Arc<ConfigError>>);

struct Inner {
    limits: Limits,
    origins: Origins,
}

impl HyperTransport {
    /// Creates a transport with default settings.
    ///
    /// If these cannot work, because an environment variable names an unsupported proxy or the
    /// system has no root certificates, every call fails with [`TransportErrorKind::Config`] and
    /// sends nothing. [`HyperTransportBuilder::build`] returns such an error at once.
    pub fn new() -> Self {
        Self::builder().build().unwrap_or_else(|error| Self(Err(Arc::new(error))))
    }

    /// Returns a builder.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new()
    }

    pub(crate) fn with(connector: Arc<dyn Connect>, limits: Limits) -> Self {
        Self(Ok(Arc::new(Inner { limits, origins: Origins::new(connector, limits) })))
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl HttpTransport for HyperTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        progress.mark_not_written();
        let Inner { limits, origins } =
            &**self.0.as_ref().map_err(|error| misconfigured(Arc::clone(error)))?;
        // Without a runtime, tokio would panic.
        let runtime = Handle::try_current().map_err(misconfigured)?;
        let pool = origins
            .pool(runtime, request.uri())
            .ok_or_else(|| misconfigured("request URI is not absolute"))?;
        let mut request = full_request(request);
        loop {
            let mut connection = pool.acquire().await?;
            connection.set_target(&mut request, pool.uri(), pool.host());
            progress.mark_written();
            match connection.exchange(request, limits.max_response_bytes).await {
                Ok(response) => {
                    pool.put_back(connection);
                    return Ok(response);
                }
                Err(SendError::Failed(error)) => return Err(error),
                Err(SendError::HandedBack(returned, error)) => {
                    progress.mark_not_written();
                    // If even a new connection hands it back, the next one would, too.
                    if !connection.is_reused() {
                        return Err(error);
                    }
                    request = *returned;
                }
            }
        }
    }
}

/// Returns the error for a transport that cannot work as it is set up.
fn misconfigured(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> TransportError {
    TransportError::new(TransportErrorKind::Config, cause).with_sent(Sent::No)
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(inner) => f.debug_tuple("HyperTransport").field(&inner.limits).finish(),
            Err(error) => f.debug_tuple("HyperTransport").field(error).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use clerk_core::{HttpRequest, HttpTransport as _, http::Uri};
    use tokio::runtime::{Builder, Runtime};

    use super::HyperTransport;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn the_pool_of_another_runtime_stays_while_it_has_an_open_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            while stream.read(&mut head).unwrap() > 0 {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        });
        let transport = HyperTransport::builder().no_proxy().build().unwrap();
        let pools_after_another = || {
            let origins = &transport.0.as_ref().unwrap().origins;
            drop(origins.pool(runtime().handle().clone(), &Uri::from_static("http://h/")).unwrap());
            origins.len()
        };
        let first = runtime();
        let mut request = HttpRequest::default();
        *request.uri_mut() = format!("http://{address}/v1").parse().unwrap();
        first.block_on(transport.send(request)).unwrap();
        assert_eq!(pools_after_another(), 2);
        // Dropping a runtime closes its connections.
        drop(first);
        server.join().unwrap();
        assert_eq!(pools_after_another(), 1);
    }

    #[test]
    fn debug_shows_the_limits() {
        let builder = HyperTransport::builder().no_proxy();
        assert!(
            format!("{builder:?}").starts_with("HyperTransportBuilder { limits: Limits {"),
            "{builder:?}"
        );
        let transport = builder.build().unwrap();
        assert!(format!("{transport:?}").starts_with("HyperTransport(Limits {"), "{transport:?}");
    }
}
