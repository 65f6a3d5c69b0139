use std::{collections::VecDeque, mem, time::Duration};

use tokio::time::Instant;

use crate::exchange::{Connection, Http1, Http2, Protocol};

/// The open connections of an origin, by the protocol that its server speaks.
#[derive(Default)]
pub(crate) enum Connections {
    /// None, and the protocol is not known: the next connection shows it.
    #[default]
    Unknown,
    /// Idle connections, the longest idle first.
    Http1(VecDeque<Idle>),
    /// A connection that all calls share.
    Http2 { shared: Http2, used_at: Instant },
}

pub(crate) struct Idle {
    connection: Http1,
    since: Instant,
}

impl Connections {
    pub(crate) fn are_http1(&self) -> bool {
        matches!(self, Self::Http1(_))
    }

    pub(crate) fn has_open(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Http1(idle) => idle.iter().any(|idle| !idle.connection.is_closed()),
            Self::Http2 { shared, .. } => !shared.is_closed(),
        }
    }

    /// Removes and returns a connection that has not been idle for too long.
    pub(crate) fn take(&mut self, idle_timeout: Duration) -> Option<Connection> {
        let now = Instant::now();
        match self {
            Self::Unknown => None,
            Self::Http1(idle) => {
                // The one that was used last is the least likely to be closed.
                let Idle { connection, since } = idle.pop_back()?;
                if is_stale(since, now, idle_timeout) {
                    // All others have been idle for longer.
                    idle.clear();
                    return None;
                }
                Some(Connection::reused(Protocol::Http1(connection)))
            }
            Self::Http2 { shared, used_at } => {
                if shared.is_idle() && is_stale(*used_at, now, idle_timeout) {
                    *self = Self::Unknown;
                    return None;
                }
                *used_at = now;
                Some(Connection::reused(Protocol::Http2(shared.clone())))
            }
        }
    }

    /// Records the protocol of a new connection, and keeps a share of the connection if it can be
    /// shared.
    pub(crate) fn record(&mut self, connection: &Connection) {
        match (mem::take(self), connection.protocol()) {
            (Self::Http1(idle), Protocol::Http1(_)) => *self = Self::Http1(idle),
            (_, Protocol::Http1(_)) => *self = Self::Http1(VecDeque::new()),
            (_, Protocol::Http2(http2)) => {
                *self = Self::Http2 { shared: http2.clone(), used_at: Instant::now() }
            }
        }
    }

    /// Puts a connection back whose response was read to its end.
    pub(crate) fn put_back(&mut self, connection: Connection, idle_timeout: Duration) {
        let now = Instant::now();
        match (self, connection.into_protocol()) {
            (Self::Http1(idle), Protocol::Http1(connection)) => {
                while idle.front().is_some_and(|oldest| is_stale(oldest.since, now, idle_timeout)) {
                    idle.pop_front();
                }
                idle.push_back(Idle { connection, since: now });
            }
            (Self::Http2 { shared, used_at }, Protocol::Http2(http2)) if shared.is_same(&http2) => {
                *used_at = now;
            }
            // The server has changed its protocol since, or there is a newer connection.
            _ => {}
        }
    }

    /// Forgets a connection, so that no other call uses it.
    pub(crate) fn discard(&mut self, connection: &Connection) {
        if let (Self::Http2 { shared, .. }, Protocol::Http2(http2)) =
            (&*self, connection.protocol())
        {
            if shared.is_same(http2) {
                *self = Self::Unknown;
            }
        }
    }
}

fn is_stale(since: Instant, now: Instant, idle_timeout: Duration) -> bool {
    now.saturating_duration_since(since) >= idle_timeout
}
