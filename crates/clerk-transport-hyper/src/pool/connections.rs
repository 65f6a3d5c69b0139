use std::{collections::VecDeque, mem, time::Duration};

use super::idle_time::IdleTime;
use crate::exchange::{Connection, Http1, Http2, Protocol};

/// How many idle connections are kept. Clerk's rate limit of 1,000 requests in ten seconds keeps
/// fewer busy as long as a response takes less than half a second.
const MAX_IDLE: usize = 50;

/// The open connections of an origin, by the protocol that its server speaks.
#[derive(Default)]
pub(crate) enum Connections {
    /// None, and the protocol is not known: the next connection shows it.
    #[default]
    Unknown,
    /// Idle connections, the longest idle first.
    Http1(VecDeque<Idle>),
    /// A connection that all calls share, and the time since the last use of it.
    Http2 { shared: Http2, idle_time: IdleTime },
}

pub(crate) struct Idle {
    connection: Http1,
    time: IdleTime,
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
        self.close_expired();
        match self {
            Self::Unknown => None,
            Self::Http1(idle) => {
                // The one that was used last is the least likely to be closed.
                let idle = idle.pop_back()?;
                Some(Connection::reused(Protocol::Http1(idle.connection)))
            }
            Self::Http2 { shared, idle_time } => {
                *idle_time = IdleTime::start(idle_timeout);
                Some(Connection::reused(Protocol::Http2(shared.clone())))
            }
        }
    }

    /// Records the protocol of a new connection, and keeps a share of the connection if it can be
    /// shared.
    pub(crate) fn record(&mut self, connection: &Connection, idle_timeout: Duration) {
        match (mem::take(self), connection.protocol()) {
            (Self::Http1(idle), Protocol::Http1(_)) => *self = Self::Http1(idle),
            // It is open: this one comes from an attempt that its calls did not wait for.
            (Self::Http2 { shared, idle_time }, Protocol::Http2(_)) if !shared.is_closed() => {
                *self = Self::Http2 { shared, idle_time };
            }
            (_, Protocol::Http1(_)) => *self = Self::Http1(VecDeque::new()),
            (_, Protocol::Http2(http2)) => {
                let idle_time = IdleTime::start(idle_timeout);
                *self = Self::Http2 { shared: http2.clone(), idle_time };
            }
        }
    }

    /// Puts a connection back whose response was read to its end.
    pub(crate) fn put_back(&mut self, connection: Connection, idle_timeout: Duration) {
        match (self, connection.into_protocol()) {
            (Self::Http1(idle), Protocol::Http1(connection)) => {
                let time = IdleTime::start(connection.max_idle(idle_timeout));
                if time.is_over() {
                    return;
                }
                idle.push_back(Idle { connection, time });
                if idle.len() > MAX_IDLE {
                    idle.pop_front();
                }
            }
            (Self::Http2 { shared, idle_time }, Protocol::Http2(http2))
                if shared.is_same(&http2) =>
            {
                *idle_time = IdleTime::start(idle_timeout);
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

    /// Closes the connections that have been idle for too long.
    pub(crate) fn close_expired(&mut self) {
        match self {
            Self::Http1(idle) => idle.retain(|idle| !idle.time.is_over()),
            Self::Http2 { shared, idle_time } if shared.is_idle() && idle_time.is_over() => {
                *self = Self::Unknown;
            }
            _ => {}
        }
    }

    /// Returns when to look for connections that have been idle for too long, or `None` if there is
    /// no connection.
    pub(crate) fn next_check(&self) -> Option<Duration> {
        match self {
            Self::Unknown => None,
            Self::Http1(idle) => idle.iter().map(|idle| idle.time.remaining()).min(),
            // It has not been idle since, and its calls may end at any time.
            Self::Http2 { shared, .. } if !shared.is_idle() => Some(Duration::from_secs(1)),
            Self::Http2 { idle_time, .. } => Some(idle_time.remaining()),
        }
    }
}
