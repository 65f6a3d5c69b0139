use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clerk_core::{
    TransportError,
    http::{HeaderValue, Uri},
};
use tokio::{
    runtime::Id,
    time::{sleep, timeout},
};

use super::connections::Connections;
use crate::{
    connector::{Connect, ConnectError},
    exchange::Connection,
    limits::Limits,
    task::Task,
};

/// How long a connection may take to become ready after its response was read. Its task has to run
/// once more, which takes a moment on a busy machine.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(1);

/// The connections of one runtime to one origin.
///
/// A server shows by ALPN, on the first connection, which protocol it speaks. Until then, one call
/// connects and the others wait at the gate for the outcome: a connection that all share (HTTP/2),
/// permission to connect on their own (HTTP/1.1), or the failure. Once HTTP/1.1 is known, no call
/// waits.
pub(crate) struct OriginPool {
    runtime: Id,
    uri: Uri,
    host: HeaderValue,
    connector: Arc<dyn Connect>,
    limits: Limits,
    state: Mutex<State>,
    gate: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    connections: Connections,
    /// Counts failures to connect, so that calls that waited meanwhile can share the last one.
    failures: u64,
    last_failure: Option<ConnectError>,
    /// Closes idle connections, as long as there are any.
    sweeper: Option<Task>,
}

impl OriginPool {
    /// Creates an empty pool for the origin of a URI, or `None` if the URI is not absolute.
    pub(crate) fn new(
        runtime: Id,
        uri: Uri,
        connector: Arc<dyn Connect>,
        limits: Limits,
    ) -> Option<Self> {
        uri.scheme()?;
        let host = HeaderValue::from_str(uri.authority()?.as_str()).ok()?;
        Some(Self {
            runtime,
            uri,
            host,
            connector,
            limits,
            state: Mutex::default(),
            gate: tokio::sync::Mutex::default(),
        })
    }

    /// Returns `true` if the URI has this pool's origin and the runtime is this pool's.
    pub(crate) fn serves(&self, runtime: Id, uri: &Uri) -> bool {
        (self.runtime, self.uri.scheme(), self.uri.authority())
            == (runtime, uri.scheme(), uri.authority())
    }

    pub(crate) fn has_open_connections(&self) -> bool {
        self.state().connections.has_open()
    }

    /// Returns the value of `Host` for requests to this origin.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Returns a connection that can take a request: an open one if there is one, else a new one.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the attempt to connect; the next call at the gate then makes
    /// its own.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Connection, TransportError> {
        if let Some(connection) = self.reuse().await {
            return Ok(connection);
        }
        // Boxed, here and below: connecting is rare, and inline it would enlarge the future of
        // every call.
        if self.is_http1() {
            return Ok(Box::pin(self.connect()).await?);
        }
        let failures_before = self.state().failures;
        // A future that holds the gate but is no longer polled must not block all other calls. When
        // its connect timeout must have elapsed, they go on without the gate.
        let connect_timeout = self.limits.connect_timeout;
        let gate_timeout = connect_timeout.saturating_add(connect_timeout / 2);
        let gate = Box::pin(timeout(gate_timeout, self.gate.lock())).await;
        if let Some(connection) = self.reuse().await {
            return Ok(connection);
        }
        if let Some(failure) = self.failure_since(failures_before) {
            return Err(failure.into());
        }
        if self.is_http1() {
            drop(gate);
        }
        Ok(Box::pin(self.connect()).await?)
    }

    /// Puts a connection back whose response was read to its end, as soon as it is ready.
    ///
    /// No call waits for that, and it may never happen: a server that responds early may not read
    /// the rest of the request. After a while, the connection is dropped.
    pub(crate) fn put_back(self: &Arc<Self>, connection: Connection) {
        if connection.is_ready() {
            return self.keep(connection);
        }
        let pool = Arc::downgrade(self);
        tokio::spawn(async move {
            let Ok(Some(connection)) = timeout(SETTLE_TIMEOUT, connection.settle()).await else {
                return;
            };
            if let Some(pool) = pool.upgrade() {
                pool.keep(connection);
            }
        });
    }

    fn keep(self: &Arc<Self>, connection: Connection) {
        let mut state = self.state();
        state.connections.put_back(connection, self.limits.idle_timeout);
        self.start_sweeper(&mut state);
    }

    /// Starts the task that closes idle connections, unless it runs.
    fn start_sweeper(self: &Arc<Self>, state: &mut State) {
        if state.sweeper.is_none() {
            let pool = Arc::downgrade(self);
            state.sweeper = Some(Task::spawn(async move {
                while let Some(pause) = pool.upgrade().and_then(|pool| pool.sweep()) {
                    sleep(pause).await;
                }
            }));
        }
    }

    /// Closes the connections that have been idle for too long, and returns when to do so again.
    fn sweep(&self) -> Option<Duration> {
        let mut state = self.state();
        state.connections.close_expired();
        let next = state.connections.next_check();
        if next.is_none() {
            // The next connection starts another one.
            state.sweeper = None;
        }
        next
    }

    /// Forgets a connection, so that no other call uses it.
    pub(crate) fn discard(&self, connection: &Connection) {
        self.state().connections.discard(connection);
    }

    /// Returns an open connection that has not been idle for too long.
    async fn reuse(&self) -> Option<Connection> {
        loop {
            let connection = self.state().connections.take(self.limits.idle_timeout)?;
            // The server may have closed the connection without the runtime having noticed yet. A
            // request written now would be lost, and nobody could tell. Yielding lets the runtime
            // poll its sockets first.
            tokio::task::yield_now().await;
            if connection.is_ready() {
                return Some(connection);
            }
            self.discard(&connection);
        }
    }

    async fn connect(self: &Arc<Self>) -> Result<Connection, ConnectError> {
        let connecting = async {
            let stream = self.connector.connect(self.uri.clone()).await;
            let stream = stream.map_err(ConnectError::connect)?;
            Connection::handshake(stream).await.map_err(ConnectError::handshake)
        };
        let limit = self.limits.connect_timeout;
        let result =
            timeout(limit, connecting).await.unwrap_or_else(|_| Err(ConnectError::timeout(limit)));
        let mut state = self.state();
        match &result {
            Ok(connection) => {
                state.connections.record(connection, self.limits.idle_timeout);
                self.start_sweeper(&mut state);
            }
            Err(error) => {
                state.failures += 1;
                state.last_failure = Some(error.clone());
            }
        }
        result
    }

    fn failure_since(&self, failures: u64) -> Option<ConnectError> {
        let state = self.state();
        if state.failures > failures { state.last_failure.clone() } else { None }
    }

    fn is_http1(&self) -> bool {
        self.state().connections.are_http1()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
