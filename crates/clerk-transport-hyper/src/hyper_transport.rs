use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clerk_core::{
    ConfigError, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind, async_trait, http::Uri,
};
use http_body_util::Full;
use tokio::runtime::{Handle, Id};

use crate::{
    HyperTransportBuilder,
    classify::unwritten,
    connect::Connect,
    connection::{Failed, receive},
    origin::Origin,
};

/// Sends requests with hyper, over connections of its own small pool.
///
/// Cloning is cheap and shares the pool. It needs a tokio runtime with I/O and time enabled;
/// without a runtime every call fails with [`TransportErrorKind::Config`], and nothing was sent.
/// Calls on several runtimes do not share connections: a connection lives on the runtime that made
/// it, and stands still while that does.
///
/// What it owes is written at [`HttpTransport`]. An idle connection that turns out closed is no
/// failure: the request comes back from hyper unwritten and moves to another connection, and that
/// is no attempt.
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
pub struct HyperTransport(Result<Arc<Pool>, Arc<ConfigError>>);

struct Pool {
    connector: Arc<dyn Connect>,
    limits: Limits,
    /// A client has one base URL and mostly one runtime, so there is hardly ever more than one.
    origins: Mutex<Vec<Arc<Origin>>>,
}

/// What bounds an exchange and the life of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_response_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            // Below the five seconds after which the quickest of the common servers close idle
            // connections.
            idle_timeout: Duration::from_secs(4),
            max_response_bytes: 1024 * 1024,
        }
    }
}

impl HyperTransport {
    /// Makes a transport with default settings.
    ///
    /// Should it not be able to work (a proxy variable that names no proxy, a system without root
    /// certificates), every call fails with [`TransportErrorKind::Config`], and nothing is
    /// sent; [`build`] says it at once.
    ///
    /// [`build`]: HyperTransportBuilder::build
    pub fn new() -> Self {
        Self::builder().build().unwrap_or_else(|error| Self(Err(Arc::new(error))))
    }

    /// Starts a transport with settings of its own.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new()
    }

    pub(crate) fn with(connector: Arc<dyn Connect>, limits: Limits) -> Self {
        Self(Ok(Arc::new(Pool { connector, limits, origins: Mutex::default() })))
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
        let pool = self.0.as_ref().map_err(|error| config(Arc::clone(error)))?;
        // Without a runtime, tokio would panic.
        let runtime = Handle::try_current().map_err(config)?.id();
        let uri = request.uri().clone();
        let origin = pool.origin(runtime, &uri)?;
        let mut request = request.map(|body| Full::new(body.into_bytes()));
        loop {
            let mut connection = origin.connection(&*pool.connector, pool.limits).await?;
            connection.frame(&mut request, &uri, origin.host());
            progress.mark_written();
            match connection.send(request).await {
                Ok(response) => {
                    let response = receive(response, pool.limits.max_response_bytes).await?;
                    origin.put_back(connection, pool.limits.idle_timeout);
                    return Ok(response);
                }
                Err(Failed::Written(error)) => return Err(error),
                Err(Failed::Unwritten(returned, error)) => {
                    progress.mark_not_written();
                    origin.discard(&connection);
                    // A new connection that takes nothing would be followed by another of its kind.
                    if !connection.was_used() {
                        return Err(unwritten(error));
                    }
                    request = *returned;
                }
            }
        }
    }
}

impl Pool {
    fn origin(&self, runtime: Id, uri: &Uri) -> Result<Arc<Origin>, TransportError> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = origins.iter().find(|origin| origin.is_of(runtime, uri)) {
            return Ok(Arc::clone(origin));
        }
        let origin = Origin::new(runtime, uri.clone())
            .ok_or_else(|| config("the URI of the request is not absolute"))?;
        let origin = Arc::new(origin);
        // Runtimes come and go, and their connections with them.
        origins.retain(|origin| Arc::strong_count(origin) > 1 || origin.has_open_connections());
        origins.push(Arc::clone(&origin));
        Ok(origin)
    }
}

fn config(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TransportError {
    TransportError::new(TransportErrorKind::Config, cause).with_sent(Sent::No)
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(pool) => f.debug_tuple("HyperTransport").field(&pool.limits).finish(),
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

    use clerk_core::{HttpRequest, HttpTransport as _};
    use tokio::runtime::{Builder, Runtime};

    use super::{HyperTransport, Uri};

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn what_was_kept_for_runtimes_that_are_gone_is_forgotten() {
        let transport = HyperTransport::builder().no_proxy().build().unwrap();
        let pool = transport.0.as_ref().unwrap();
        let origin = |uri| pool.origin(runtime().handle().id(), &Uri::from_static(uri)).unwrap();
        let in_use = origin("https://one.example.com/v1");
        for _ in 0..3 {
            drop(origin("https://one.example.com/v1"));
            drop(origin("https://two.example.com/v1"));
        }
        assert_eq!(pool.origins.lock().unwrap().len(), 2, "the last, and that which is in use");
        drop(in_use);
        drop(origin("https://two.example.com/v1"));
        assert_eq!(pool.origins.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_is_kept_for_another_runtime_stays_as_long_as_it_has_a_connection() {
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
        let origins_after_another = || {
            let pool = transport.0.as_ref().unwrap();
            drop(pool.origin(runtime().handle().id(), &Uri::from_static("http://h/")).unwrap());
            pool.origins.lock().unwrap().len()
        };
        let one = runtime();
        let mut request = HttpRequest::default();
        *request.uri_mut() = format!("http://{address}/v1").parse().unwrap();
        one.block_on(transport.send(request)).unwrap();
        assert_eq!(origins_after_another(), 2);
        // Its connections end with it.
        drop(one);
        server.join().unwrap();
        assert_eq!(origins_after_another(), 1);
    }

    #[test]
    fn debug_shows_what_bounds_an_exchange() {
        let builder = HyperTransport::builder().no_proxy();
        assert!(
            format!("{builder:?}").starts_with("HyperTransportBuilder { limits: Limits {"),
            "{builder:?}"
        );
        let transport = builder.build().unwrap();
        assert!(format!("{transport:?}").starts_with("HyperTransport(Limits {"), "{transport:?}");
    }
}
