use std::{collections::VecDeque, iter, time::Duration};

use super::idle_time::IdleTime;
use crate::exchange::{Connection, Http1, Http2, Protocol, Slot};

/// How many idle connections are kept. Clerk's rate limit, 1,000 requests in ten seconds, allows no
/// larger burst. After it, none of its connections has to be opened again for the next one.
pub(super) const MAX_IDLE: usize = 1_000;

/// How many HTTP/2 connections there are at most. Servers commonly allow a hundred streams on each.
const MAX_HTTP2: usize = 8;

/// The open connections of an origin, by the protocol that its server speaks.
#[derive(Default)]
pub(crate) enum Connections {
    /// None, and the protocol is not known yet: the next connection will show it.
    #[default]
    Unknown,
    /// Idle connections, the longest idle first.
    Http1(VecDeque<Idle>),
    /// Connections that all calls share, the oldest first.
    Http2(Vec<Http2>),
}

pub(crate) struct Idle {
    connection: Http1,
    time: IdleTime,
}

impl Connections {
    pub(crate) fn are_http1(&self) -> bool {
        matches!(self, Self::Http1(_))
    }

    pub(crate) fn are_http2(&self) -> bool {
        matches!(self, Self::Http2(_))
    }

    pub(crate) fn has_open(&mut self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Http1(idle) => idle.iter().any(|idle| !idle.connection.is_closed()),
            Self::Http2(shared) => shared.iter_mut().any(|shared| !shared.is_closed()),
        }
    }

    /// Returns `true` if one more connection would help a call that finds none.
    ///
    /// It would not if an open one has yet to show how many streams its server allows, or if the
    /// server allows none for now.
    pub(crate) fn want_more(&self) -> bool {
        match self {
            Self::Unknown | Self::Http1(_) => true,
            Self::Http2(shared) => shared.len() < MAX_HTTP2 && shared.iter().all(Http2::is_full),
        }
    }

    /// Removes and returns a connection that has not been idle for too long, or reserves a stream
    /// of one.
    pub(crate) fn take(&mut self, idle_timeout: Duration) -> Option<Connection> {
        match self {
            Self::Unknown => None,
            Self::Http1(idle) => {
                // The one that was used last is the least likely to be closed. Those that have been
                // idle for too long are closed on the way, and the others later.
                let last = iter::from_fn(|| idle.pop_back()).find(|idle| !idle.time.is_over())?;
                Some(Connection::reused(Protocol::Http1(last.connection)))
            }
            Self::Http2(_) => {
                self.close_expired(idle_timeout);
                let Self::Http2(shared) = self else { return None };
                let slot = shared.iter().find_map(Slot::reserve)?;
                let is_new = slot.is_first();
                let protocol = Protocol::Http2(slot);
                Some(if is_new { Connection::new(protocol) } else { Connection::reused(protocol) })
            }
        }
    }

    /// Records that the server speaks HTTP/1.1.
    pub(crate) fn record_http1(&mut self) {
        if !self.are_http1() {
            *self = Self::Http1(VecDeque::new());
        }
    }

    /// Keeps a new connection, unless the others suffice: then it comes from an attempt that its
    /// calls did not wait for.
    pub(crate) fn record_http2(&mut self, connection: Http2, idle_timeout: Duration) {
        self.close_expired(idle_timeout);
        let is_wanted = self.want_more();
        match self {
            Self::Http2(shared) if is_wanted => shared.push(connection),
            Self::Http2(_) => {}
            Self::Unknown | Self::Http1(_) => *self = Self::Http2(vec![connection]),
        }
    }

    /// Puts a connection back whose response was read to its end.
    pub(crate) fn put_back(&mut self, connection: Http1, idle_timeout: Duration) {
        // Otherwise, a later connection has shown that the server now speaks HTTP/2.
        let Self::Http1(idle) = self else { return };
        let time = IdleTime::start(connection.max_idle(idle_timeout));
        if time.is_over() {
            return;
        }
        idle.push_back(Idle { connection, time });
        if idle.len() > MAX_IDLE {
            idle.pop_front();
        }
    }

    /// Retires the connections whose servers allow no streams.
    pub(crate) fn retire_blocked(&self) {
        if let Self::Http2(shared) = self {
            shared.iter().filter(|shared| shared.is_blocked()).for_each(Http2::retire);
        }
    }

    /// Closes the connections that have been idle for too long, and forgets those that calls no
    /// longer use.
    pub(crate) fn close_expired(&mut self, idle_timeout: Duration) {
        match self {
            Self::Unknown => {}
            Self::Http1(idle) => idle.retain(|idle| !idle.time.is_over()),
            Self::Http2(shared) => {
                shared.retain_mut(|shared| {
                    shared.is_usable()
                        && shared.remaining_idle_time(idle_timeout) != Some(Duration::ZERO)
                });
                if shared.is_empty() {
                    *self = Self::Unknown;
                }
            }
        }
    }

    /// Returns when to look for connections that have been idle for too long, or `None` if there is
    /// no connection.
    pub(crate) fn next_check(&self, idle_timeout: Duration) -> Option<Duration> {
        match self {
            Self::Unknown => None,
            Self::Http1(idle) => idle.iter().map(|idle| idle.time.remaining()).min(),
            Self::Http2(shared) => {
                // The calls of one that is in use may end at any time.
                let remaining = |shared: &Http2| {
                    shared.remaining_idle_time(idle_timeout).unwrap_or(Duration::from_secs(1))
                };
                shared.iter().map(remaining).min()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::DuplexStream, time::advance};

    use super::{Connections, Duration, Http1, MAX_IDLE};
    use crate::connector::{Stream, settle};

    const SECOND: Duration = Duration::from_secs(1);
    const LIMIT: Duration = Duration::from_secs(4);

    async fn http1() -> (Http1, DuplexStream) {
        let (stream, server) = Stream::in_memory(false);
        (Http1::handshake(stream).await.unwrap(), server)
    }

    /// Returns connections of which so many are idle, and the servers' sides of them.
    async fn idle(count: usize) -> (Connections, Vec<DuplexStream>) {
        let mut connections = Connections::default();
        connections.record_http1();
        let mut servers = Vec::new();
        for _ in 0..count {
            let (connection, server) = http1().await;
            connections.put_back(connection, LIMIT);
            servers.push(server);
        }
        (connections, servers)
    }

    fn count(connections: &mut Connections) -> usize {
        std::iter::from_fn(|| connections.take(LIMIT)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_a_thousand_idle_connections_are_kept() {
        assert_eq!(count(&mut idle(2).await.0), 2);
        assert_eq!(count(&mut idle(MAX_IDLE + 2).await.0), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_that_were_idle_for_too_long_are_not_taken() {
        let (mut connections, _servers) = idle(2).await;
        advance(Duration::from_millis(3_999)).await;
        let (last, _server) = http1().await;
        connections.put_back(last, LIMIT);
        advance(Duration::from_millis(1)).await;
        assert_eq!(count(&mut connections), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_check_is_when_the_first_connection_will_have_been_idle_for_too_long() {
        let next_check = |connections: &Connections| connections.next_check(LIMIT);
        assert_eq!(next_check(&Connections::default()), None);
        let (mut connections, _servers) = idle(0).await;
        assert_eq!(next_check(&connections), None);
        let ((first, _first_server), (second, _second_server)) = (http1().await, http1().await);
        connections.put_back(first, LIMIT);
        advance(SECOND).await;
        connections.put_back(second, LIMIT);
        assert_eq!(next_check(&connections), Some(3 * SECOND));
    }

    #[cfg(feature = "http2")]
    #[tokio::test(start_paused = true)]
    async fn a_shared_connection_is_checked_every_second_while_it_is_in_use() {
        use super::{Http2, Slot};

        let next_check = |connections: &Connections| connections.next_check(LIMIT);
        let ((first, _first_server), (second, _second_server)) =
            (Http2::in_memory().await, Http2::in_memory().await);
        let slots = [Slot::reserve(&first).unwrap(), Slot::reserve(&second).unwrap()];
        let mut connections = Connections::Http2(vec![first, second]);
        assert_eq!(next_check(&connections), Some(SECOND), "while both are in use");
        drop(slots);
        assert_eq!(next_check(&connections), Some(LIMIT));
        advance(LIMIT).await;
        connections.close_expired(LIMIT);
        assert_eq!(next_check(&connections), None);
    }

    #[tokio::test]
    async fn a_connection_that_the_server_has_closed_is_not_open() {
        assert!(!Connections::default().has_open());
        assert!(!idle(0).await.0.has_open());
        let (mut connections, servers) = idle(2).await;
        assert!(connections.has_open());
        drop(servers);
        settle().await;
        assert!(!connections.has_open());
    }

    #[cfg(feature = "http2")]
    #[tokio::test]
    async fn a_shared_connection_that_the_server_has_closed_is_not_open() {
        let (connection, server) = super::Http2::in_memory().await;
        let mut connections = Connections::Http2(vec![connection]);
        assert!(connections.has_open());
        drop(server);
        settle().await;
        assert!(!connections.has_open());
    }
}
