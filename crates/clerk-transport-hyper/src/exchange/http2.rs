use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clerk_core::{
    bytes::Bytes,
    http::{Response, Uri, Version, header::HOST},
};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::{
        TrySendError,
        http2::{Builder, SendRequest},
    },
};
use hyper_util::rt::TokioTimer;

use super::{driver::Driver, executor::Executor, request::FullRequest};
use crate::connector::Stream;

/// The interval between pings while streams are open, and the timeout for each pong.
const PING: Duration = Duration::from_secs(5);

/// A share of an HTTP/2 connection, which carries many exchanges at a time.
#[derive(Clone)]
pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    /// Owned by every share, so its reference count also shows whether the connection is in use.
    shared: Arc<Shared>,
}

struct Shared {
    /// Whether the server has responded to any exchange.
    has_responded: AtomicBool,
    driver: Driver,
    executor: Executor,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.executor.abort_all();
    }
}

impl Http2 {
    /// Starts HTTP/2 on a stream.
    pub(crate) async fn handshake(stream: Stream) -> Result<Self, hyper::Error> {
        let executor = Executor::default();
        let mut builder = Builder::new(executor.clone());
        builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
        let (sender, connection) = builder.handshake(stream).await?;
        let driver = Driver::spawn(connection);
        let shared = Shared { has_responded: AtomicBool::new(false), driver, executor };
        Ok(Self { sender, shared: Arc::new(shared) })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Returns `true` if no call holds a share; the pool's own share does not count.
    pub(crate) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.shared) == 1
    }

    /// Returns `true` if both are shares of one connection.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(super) fn driver(&self) -> &Driver {
        &self.shared.driver
    }

    pub(crate) fn has_responded(&self) -> bool {
        self.shared.has_responded.load(Ordering::Relaxed)
    }

    /// Sets the whole URI as the target, from which hyper derives the pseudo-headers.
    pub(crate) fn set_target(request: &mut FullRequest, uri: &Uri) {
        *request.uri_mut() = uri.clone();
        request.headers_mut().remove(HOST);
        *request.version_mut() = Version::HTTP_2;
    }

    pub(crate) async fn send(
        &mut self,
        request: FullRequest,
    ) -> Result<Response<Incoming>, TrySendError<FullRequest>> {
        let result = self.sender.try_send_request(request).await;
        self.shared.has_responded.fetch_or(result.is_ok(), Ordering::Relaxed);
        result
    }
}
