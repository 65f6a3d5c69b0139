use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::Poll,
    time::Duration,
};

use clerk_core::{
    TransportError,
    http::{HeaderValue, Uri},
};
use tokio::{
    runtime::{Handle, Id},
    sync::{Notify, oneshot},
    time::{sleep, timeout},
};

use super::state::State;
use crate::{
    connector::{Connect, ConnectError},
    exchange::{Connection, Http1, NewConnection, Protocol},
    limits::Limits,
};

/// How long a connection may take to become ready after its response was read. Its task has to run
/// once more, which takes a moment on a busy machine.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(1);

/// The connections of one runtime to one origin.
///
/// A server shows by ALPN, on the first connection, which protocol it speaks. Until then, there is
/// one attempt to connect, and all calls wait for its outcome: a connection that they share
/// (HTTP/2), an attempt for each of them (HTTP/1.1), or the failure.
///
/// Over HTTP/2, calls wait for a stream, too, while all are taken: for one that comes free, or for
/// one more connection. Whoever has waited longest comes first.
///
/// An attempt is a task of its own. If its call ends first, or gets a connection that another call
/// has put back, the attempt goes on and its connection is for the next call. Otherwise, calls with
/// limits shorter than a handshake would all fail.
pub(crate) struct OriginPool {
    runtime: Handle,
    uri: Uri,
    host: HeaderValue,
    connector: Arc<dyn Connect>,
    limits: Limits,
    state: Mutex<State>,
    /// Notified when a waiting call may get a stream. Whichever call wakes up serves them all.
    vacancy: Arc<Notify>,
}

/// A call's place among those that wait for a connection.
struct Place<'a> {
    pool: &'a Arc<OriginPool>,
    number: u64,
    receiver: oneshot::Receiver<Result<Connection, ConnectError>>,
}

/// An attempt to connect, started for the call of this number. However it ends, the pool learns of
/// it: no call waits for a task that has panicked.
struct Attempt {
    pool: Weak<OriginPool>,
    number: u64,
    result: Option<Result<NewConnection, ConnectError>>,
}

impl OriginPool {
    /// Creates an empty pool for the origin of a URI, or `None` if the URI is not absolute.
    pub(crate) fn new(
        runtime: Handle,
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
            vacancy: Arc::default(),
        })
    }

    /// Returns `true` if the URI has this pool's origin and the runtime is this pool's.
    pub(crate) fn serves(&self, runtime: Id, uri: &Uri) -> bool {
        (self.runtime.id(), self.uri.scheme(), self.uri.authority())
            == (runtime, uri.scheme(), uri.authority())
    }

    pub(crate) fn has_open_connections(&self) -> bool {
        self.state().connections.has_open()
    }

    /// Returns a URI of this origin.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the value of `Host` for requests to this origin.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Returns a connection that can take a request: an open one if there is one, else a new one.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the attempt to connect to the next call.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Connection, TransportError> {
        loop {
            let mut connection = match self.take() {
                Ok(connection) => connection,
                Err(place) => place.connection().await?,
            };
            if !connection.is_reused() {
                return Ok(connection);
            }
            // The server may have closed the connection without the runtime having noticed yet. A
            // request written now would be lost, and nobody could tell. If something has arrived,
            // or if that is unknown, yielding lets the runtime poll its sockets first. It also lets
            // the task of a connection run that was just opened for another call.
            if !connection.is_quiet() || !connection.is_ready() {
                tokio::task::yield_now().await;
            }
            if connection.is_ready() {
                return Ok(connection);
            }
        }
    }

    /// Returns an open connection, or a place among the calls that wait for one.
    fn take(self: &Arc<Self>) -> Result<Connection, Place<'_>> {
        let mut state = self.state();
        if let Some(connection) = state.take(self.limits.idle_timeout) {
            return Ok(connection);
        }
        let (number, receiver) = state.wait();
        let place = Place { pool: self, number, receiver };
        self.serve(state);
        Err(place)
    }

    /// Puts a connection back whose response was read to its end, as soon as it is ready.
    ///
    /// No call waits for that, and it may never happen: a server that responds early may not read
    /// the rest of the request. After a while, the connection is dropped.
    pub(crate) fn put_back(self: &Arc<Self>, connection: Connection) {
        // Over HTTP/2, it is enough that the stream is given up.
        let Protocol::Http1(connection) = connection.into_protocol() else { return };
        if connection.is_ready() {
            return self.keep(connection);
        }
        let pool = Arc::downgrade(self);
        let settling = async move {
            if let Ok(Some(connection)) = timeout(SETTLE_TIMEOUT, connection.settle()).await {
                if let Some(pool) = pool.upgrade() {
                    pool.keep(connection);
                }
            }
        };
        let mut state = self.state();
        // Forget those that have ended.
        while state.settling.try_join_next().is_some() {}
        state.settling.spawn_on(settling, &self.runtime);
    }

    fn keep(self: &Arc<Self>, connection: Http1) {
        let mut state = self.state();
        state.keep(connection, self.limits.idle_timeout);
        self.start_sweeper(&mut state);
    }

    /// Does for the waiting calls what can be done now: hands them the streams that are free, and
    /// starts the attempts to connect that they need.
    fn serve(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        state.hand_out_streams(self.limits.idle_timeout);
        let numbers = state.start_attempts();
        // If its runtime is gone, a task ends at once, and tells the pool so.
        drop(state);
        for number in numbers {
            let attempt = Attempt { pool: Arc::downgrade(self), number, result: None };
            let task = self.runtime.spawn(attempt.run(self.connect()));
            self.state().started(number, task.into());
        }
    }

    fn finished(self: &Arc<Self>, number: u64, result: Result<NewConnection, ConnectError>) {
        let mut state = self.state();
        state.finished(number, result, self.limits.idle_timeout);
        self.start_sweeper(&mut state);
        self.serve(state);
    }

    /// Starts the task that closes idle connections, unless it runs or there are none.
    fn start_sweeper(self: &Arc<Self>, state: &mut State) {
        if state.sweeper.is_some() {
            return;
        }
        let Some(delay) = state.connections.next_check(self.limits.idle_timeout) else { return };
        let pool = Arc::downgrade(self);
        let sweeper = self.runtime.spawn(async move {
            let mut next = Some(delay);
            while let Some(delay) = next {
                sleep(delay).await;
                next = pool.upgrade().and_then(|pool| pool.sweep());
            }
        });
        state.sweeper = Some(sweeper.into());
    }

    /// Closes the connections that have been idle for too long, and returns when to do so again.
    fn sweep(&self) -> Option<Duration> {
        let mut state = self.state();
        state.connections.close_expired(self.limits.idle_timeout);
        let next = state.connections.next_check(self.limits.idle_timeout);
        if next.is_none() {
            // The next connection starts another one.
            state.sweeper = None;
        }
        next
    }

    fn connect(&self) -> impl Future<Output = Result<NewConnection, ConnectError>> + use<> {
        let (connector, uri) = (Arc::clone(&self.connector), self.uri.clone());
        let (vacancy, limit) = (Arc::clone(&self.vacancy), self.limits.connect_timeout);
        async move {
            let connecting = async {
                let stream = connector.connect(uri).await.map_err(ConnectError::connect)?;
                NewConnection::handshake(stream, vacancy).await.map_err(ConnectError::handshake)
            };
            timeout(limit, connecting).await.unwrap_or_else(|_| Err(ConnectError::timeout(limit)))
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    async fn connection(mut self) -> Result<Connection, ConnectError> {
        let pool = self.pool;
        let mut vacant = pin!(pool.vacancy.notified());
        poll_fn(|context| {
            loop {
                if let Poll::Ready(result) = Pin::new(&mut self.receiver).poll(context) {
                    return Poll::Ready(
                        result.unwrap_or_else(|_| Err(ConnectError::interrupted())),
                    );
                }
                if vacant.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                vacant.set(pool.vacancy.notified());
                pool.serve(pool.state());
            }
        })
        .await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.leave(self.number);
        self.pool.serve(state);
        // A connection that this call was handed but did not take goes to the next call.
        if let Ok(Ok(connection)) = self.receiver.try_recv() {
            self.pool.put_back(connection);
        }
    }
}

impl Attempt {
    async fn run(mut self, connecting: impl Future<Output = Result<NewConnection, ConnectError>>) {
        self.result = Some(connecting.await);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let result = self.result.take().unwrap_or_else(|| Err(ConnectError::interrupted()));
        if let Some(pool) = self.pool.upgrade() {
            pool.finished(self.number, result);
        }
    }
}
