use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use clerk_core::{TransportError, http::Uri};
use tokio::{
    io::{AsyncWriteExt as _, DuplexStream},
    runtime::Handle,
    sync::oneshot,
    task::JoinHandle,
};

use super::OriginPool;
use crate::{
    connector::{BoxError, BoxFuture, Connect, Stream, settle},
    exchange::Connection,
    limits::Limits,
};

/// A connector whose attempts end when a test says so.
#[derive(Default)]
struct ManualConnector {
    attempts: Mutex<VecDeque<oneshot::Sender<Result<Stream, BoxError>>>>,
}

impl Connect for ManualConnector {
    fn connect(&self, _: Uri) -> BoxFuture<Result<Stream, BoxError>> {
        let (sender, receiver) = oneshot::channel();
        self.attempts.lock().unwrap().push_back(sender);
        Box::pin(async { receiver.await? })
    }
}

/// A pool, and the attempts to connect that it has started.
pub(super) struct Pool {
    pub(super) pool: Arc<OriginPool>,
    connector: Arc<ManualConnector>,
}

impl Pool {
    pub(super) fn new() -> Self {
        let connector = Arc::new(ManualConnector::default());
        let uri = Uri::from_static("https://api.example.com/v1");
        let pool =
            OriginPool::new(Handle::current(), uri, Arc::clone(&connector) as _, Limits::default());
        Self { pool: Arc::new(pool.unwrap()), connector }
    }

    /// Creates a pool that knows that its server speaks HTTP/1.1, and has no connection.
    pub(super) async fn over_http1() -> Self {
        let pool = Self::new();
        let call = pool.call().await;
        drop(pool.open_http1().await);
        drop(taken(call).await);
        pool
    }

    /// Creates a pool with one HTTP/2 connection, on which the server allows one stream.
    pub(super) async fn over_http2() -> (Self, DuplexStream) {
        let pool = Self::new();
        let call = pool.call().await;
        let server = pool.open_http2().await;
        drop(taken(call).await);
        (pool, server)
    }

    /// Makes a call wait for a connection.
    pub(super) async fn call(&self) -> JoinHandle<Result<Connection, TransportError>> {
        let pool = Arc::clone(&self.pool);
        let call = tokio::spawn(async move { pool.acquire().await });
        settle().await;
        call
    }

    /// Returns how many attempts are under way.
    pub(super) fn attempts(&self) -> usize {
        self.connector.attempts.lock().unwrap().iter().filter(|sender| !sender.is_closed()).count()
    }

    /// Has the oldest attempt succeed, and returns the server's side of the connection.
    pub(super) async fn open_http1(&self) -> DuplexStream {
        let (stream, server) = Stream::in_memory(false);
        self.end_attempt(Ok(stream)).await;
        server
    }

    /// The same over HTTP/2, with one stream at a time.
    pub(super) async fn open_http2(&self) -> DuplexStream {
        let (stream, mut server) = Stream::in_memory(true);
        allow_streams(&mut server, 1).await;
        self.end_attempt(Ok(stream)).await;
        server
    }

    pub(super) async fn fail(&self) {
        self.end_attempt(Err("refused".into())).await;
    }

    pub(super) async fn end_attempt(&self, result: Result<Stream, BoxError>) {
        self.send_outcome(result);
        settle().await;
    }

    /// Sends the oldest attempt its outcome, and runs no task.
    pub(super) fn send_outcome(&self, result: Result<Stream, BoxError>) {
        let attempt = self.connector.attempts.lock().unwrap().pop_front().unwrap();
        assert!(attempt.send(result).is_ok(), "the attempt was given up");
    }
}

/// Returns the connection that a call got, which is open.
pub(super) async fn taken(call: JoinHandle<Result<Connection, TransportError>>) -> Connection {
    assert!(call.is_finished(), "the call still waits");
    let mut connection = call.await.unwrap().unwrap();
    assert!(connection.is_ready());
    connection
}

/// Checks that a call has failed.
pub(super) async fn assert_failed(call: JoinHandle<Result<Connection, TransportError>>) {
    assert!(call.is_finished(), "the call still waits");
    assert!(call.await.unwrap().is_err());
}

pub(super) async fn abort(call: JoinHandle<Result<Connection, TransportError>>) {
    call.abort();
    assert!(call.await.err().unwrap().is_cancelled());
}

/// Has a server allow this many streams, by `SETTINGS_MAX_CONCURRENT_STREAMS`.
pub(super) async fn allow_streams(server: &mut DuplexStream, count: u8) {
    let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, count];
    server.write_all(&settings).await.unwrap();
    settle().await;
}
