use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clerk_core::{
    TransportError,
    http::{HeaderValue, Uri},
};
use hyper::client::conn::http1::SendRequest;
use tokio::{
    runtime::Id,
    time::{Instant, timeout},
};

use crate::{
    classify::DialError,
    connect::Connect,
    connection::{Connection, Http2, Protocol},
    hyper_transport::Limits,
};

/// Keeps the connections of one runtime to one origin.
///
/// A server shows by ALPN, on the first connection, which protocol it speaks. Until that is known,
/// one call connects and the others wait at the gate for what it finds: a connection that all can
/// share (HTTP/2), leave to make their own (HTTP/1.1), or the failure. Once HTTP/1.1 is known the
/// gate stands open.
pub(crate) struct Origin {
    runtime: Id,
    uri: Uri,
    host: HeaderValue,
    known: Mutex<Known>,
    gate: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    kept: Kept,
    /// Counts the connections that could not be made, so that who waited meanwhile can share the
    /// last failure.
    failures: u64,
    last_failure: Option<DialError>,
}

#[derive(Default)]
enum Kept {
    /// The protocol is not known.
    #[default]
    Nothing,
    /// Idle connections, the longest idle first.
    Http1(VecDeque<Idle>),
    Http2 {
        shared: Http2,
        used_at: Instant,
    },
}

struct Idle {
    sender: SendRequest<http_body_util::Full<clerk_core::bytes::Bytes>>,
    since: Instant,
}

impl Origin {
    /// Makes the origin of an absolute URI, to which nothing is connected yet.
    pub(crate) fn new(runtime: Id, uri: Uri) -> Option<Self> {
        uri.scheme()?;
        let host = HeaderValue::from_str(uri.authority()?.as_str()).ok()?;
        Some(Self {
            runtime,
            uri,
            host,
            known: Mutex::default(),
            gate: tokio::sync::Mutex::default(),
        })
    }

    /// Tells whether the URI leads here.
    pub(crate) fn is_of(&self, runtime: Id, uri: &Uri) -> bool {
        (self.runtime, self.uri.scheme(), self.uri.authority())
            == (runtime, uri.scheme(), uri.authority())
    }

    pub(crate) fn has_open_connections(&self) -> bool {
        match &self.known().kept {
            Kept::Nothing => false,
            Kept::Http1(idle) => idle.iter().any(|idle| !idle.sender.is_closed()),
            Kept::Http2 { shared, .. } => !shared.is_closed(),
        }
    }

    /// Gives the value of `Host` for a request that goes here.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Gives a connection that can take a request: one that is kept, or a new one.
    ///
    /// Dropping the future gives up; who waits at the gate then takes its place.
    pub(crate) async fn connection(
        &self,
        connector: &dyn Connect,
        limits: Limits,
    ) -> Result<Connection, TransportError> {
        if let Some(connection) = self.kept(limits.idle_timeout).await {
            return Ok(connection);
        }
        // In a box, here and below: it is rare, and without one every call would carry room for it.
        if self.is_http1() {
            return Ok(Box::pin(self.dial(connector, limits.connect_timeout)).await?);
        }
        let failures_before = self.known().failures;
        // Who holds the gate and is not polled must not hold up everybody: when connecting has long
        // been over, it is passed by.
        let patience = limits.connect_timeout.saturating_add(limits.connect_timeout / 2);
        let gate = Box::pin(timeout(patience, self.gate.lock())).await;
        if let Some(connection) = self.kept(limits.idle_timeout).await {
            return Ok(connection);
        }
        if let Some(failure) = self.failure_since(failures_before) {
            return Err(failure.into());
        }
        if self.is_http1() {
            drop(gate);
        }
        Ok(Box::pin(self.dial(connector, limits.connect_timeout)).await?)
    }

    /// Gives the connection back after a whole answer.
    pub(crate) fn put_back(&self, connection: Connection, idle_timeout: Duration) {
        let now = Instant::now();
        match (&mut self.known().kept, connection.into_protocol()) {
            (Kept::Http1(idle), Protocol::Http1(sender)) => {
                while idle.front().is_some_and(|oldest| is_stale(oldest.since, now, idle_timeout)) {
                    idle.pop_front();
                }
                idle.push_back(Idle { sender, since: now });
            }
            (Kept::Http2 { shared, used_at }, Protocol::Http2(http2)) if shared.is_same(&http2) => {
                *used_at = now;
            }
            // The origin has changed its protocol meanwhile, or has a newer connection.
            _ => {}
        }
    }

    /// Sees to it that nobody is given this connection again.
    pub(crate) fn discard(&self, connection: &Connection) {
        let mut known = self.known();
        if let (Kept::Http2 { shared, .. }, Protocol::Http2(http2)) =
            (&known.kept, connection.protocol())
        {
            if shared.is_same(http2) {
                known.kept = Kept::Nothing;
            }
        }
    }

    /// Gives a connection that is kept, still open, and not idle for too long.
    async fn kept(&self, idle_timeout: Duration) -> Option<Connection> {
        loop {
            let mut connection = self.known().kept.take(idle_timeout)?;
            // An end that has arrived at this machine may not have been noticed by the runtime:
            // what would be written now would be lost, and nobody could tell that it
            // was. Yielding has the runtime look at its sockets first.
            tokio::task::yield_now().await;
            // Its last answer has been read to the end, so this takes no longer than it takes its
            // task to see that.
            if connection.ready().await.is_ok() {
                return Some(connection);
            }
            self.discard(&connection);
        }
    }

    async fn dial(
        &self,
        connector: &dyn Connect,
        connect_timeout: Duration,
    ) -> Result<Connection, DialError> {
        let dialled = timeout(connect_timeout, async {
            let stream = connector.connect(self.uri.clone()).await.map_err(DialError::connect)?;
            Connection::begin(stream).await.map_err(DialError::begin)
        });
        let dialled = dialled.await.unwrap_or_else(|elapsed| Err(DialError::timeout(elapsed)));
        let mut known = self.known();
        match &dialled {
            Ok(connection) => known.kept.learn(connection.protocol()),
            Err(failure) => {
                known.failures += 1;
                known.last_failure = Some(failure.clone());
            }
        }
        dialled
    }

    fn failure_since(&self, failures: u64) -> Option<DialError> {
        let known = self.known();
        if known.failures > failures { known.last_failure.clone() } else { None }
    }

    fn is_http1(&self) -> bool {
        matches!(self.known().kept, Kept::Http1(_))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn take(&mut self, idle_timeout: Duration) -> Option<Connection> {
        let now = Instant::now();
        match self {
            Self::Nothing => None,
            Self::Http1(idle) => loop {
                // The one that was used last is the least likely to be closed.
                let Idle { sender, since } = idle.pop_back()?;
                if is_stale(since, now, idle_timeout) {
                    // All others are idle for longer.
                    idle.clear();
                } else {
                    return Some(Connection::reused(Protocol::Http1(sender)));
                }
            },
            Self::Http2 { shared, used_at } => {
                if shared.is_idle() && is_stale(*used_at, now, idle_timeout) {
                    *self = Self::Nothing;
                    return None;
                }
                *used_at = now;
                Some(Connection::reused(Protocol::Http2(shared.clone())))
            }
        }
    }

    /// Keeps what a new connection shows: the protocol, and a share of it if it can be shared.
    fn learn(&mut self, protocol: &Protocol) {
        match (mem::take(self), protocol) {
            (Self::Http1(idle), Protocol::Http1(_)) => *self = Self::Http1(idle),
            (_, Protocol::Http1(_)) => *self = Self::Http1(VecDeque::new()),
            (_, Protocol::Http2(http2)) => {
                *self = Self::Http2 { shared: http2.clone(), used_at: Instant::now() }
            }
        }
    }
}

fn is_stale(since: Instant, now: Instant, idle_timeout: Duration) -> bool {
    now.saturating_duration_since(since) >= idle_timeout
}
