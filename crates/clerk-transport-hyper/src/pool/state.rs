use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    time::Duration,
};

use tokio::{sync::oneshot, task::JoinSet};

use super::connections::{Connections, MAX_IDLE};
use crate::{
    connector::ConnectError,
    exchange::{Connection, Http1, NewConnection, Protocol},
    task::Task,
};

/// The connections of a pool, the calls that wait for one, and the tasks that belong to the pool.
#[derive(Default)]
pub(super) struct State {
    pub(super) connections: Connections,
    /// The calls that wait, by their numbers, the longest waiting first.
    waiting: BTreeMap<u64, Waiting>,
    /// Those of them that have no attempt of their own. Among a thousand calls, looking for them
    /// each time would take longer than connecting.
    without_attempt: BTreeSet<u64>,
    /// The number of the next call that waits.
    next: u64,
    /// Attempts whose calls have ended or got another connection, by the numbers of these calls.
    /// What they open is for the next call, so there are no more of them than of idle connections.
    spare: BTreeMap<u64, Task>,
    /// Closes idle connections, as long as there are any.
    pub(super) sweeper: Option<Task>,
    /// Wait for connections to become ready.
    pub(super) settling: JoinSet<()>,
}

/// A call that waits for a connection.
struct Waiting {
    sender: oneshot::Sender<Result<Connection, ConnectError>>,
    /// The attempt to connect that was started for it.
    attempt: Option<Task>,
    /// Whether such an attempt failed, while there were connections that all calls share.
    has_failed: bool,
}

impl State {
    /// Adds a call to those that wait, and returns its number.
    pub(super) fn wait(&mut self) -> (u64, oneshot::Receiver<Result<Connection, ConnectError>>) {
        let (sender, receiver) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, Waiting { sender, attempt: None, has_failed: false });
        self.without_attempt.insert(number);
        (number, receiver)
    }

    /// Removes and returns an open connection, unless other calls wait for one.
    pub(super) fn take(&mut self, idle_timeout: Duration) -> Option<Connection> {
        if self.waiting.is_empty() { self.connections.take(idle_timeout) } else { None }
    }

    /// Hands the streams that are free to the calls that have waited longest.
    pub(super) fn hand_out_streams(&mut self, idle_timeout: Duration) {
        while !self.waiting.is_empty() {
            let Some(connection) = self.connections.take(idle_timeout) else { break };
            if let Some(waiting) = self.longest_waiting() {
                waiting.end(Ok(connection));
            }
        }
    }

    /// Returns the calls for which an attempt must be started now: all that have none if the server
    /// speaks HTTP/1.1. Otherwise, there is one attempt at a time: if nothing is known, or if all
    /// streams are taken.
    pub(super) fn start_attempts(&mut self) -> BTreeSet<u64> {
        if self.connections.are_http1() {
            return mem::take(&mut self.without_attempt);
        }
        let is_shared = self.connections.are_http2();
        let is_attempting = self.without_attempt.len() < self.waiting.len()
            || (is_shared && !self.spare.is_empty());
        if is_attempting || !self.connections.want_more() {
            return BTreeSet::new();
        }
        // A server that refuses further connections is not asked again and again.
        let may_start = |number: &u64| {
            !is_shared || self.waiting.get(number).is_some_and(|waiting| !waiting.has_failed)
        };
        let Some(number) = self.without_attempt.iter().copied().find(may_start) else {
            return BTreeSet::new();
        };
        self.without_attempt.remove(&number);
        BTreeSet::from([number])
    }

    /// Records the task of an attempt that was started for a call, unless it has ended already.
    pub(super) fn started(&mut self, number: u64, task: Task) {
        if self.without_attempt.contains(&number) {
            return;
        }
        if let Some(waiting) = self.waiting.get_mut(&number) {
            waiting.attempt = Some(task);
        }
    }

    /// Hands out the outcome of the attempt that was started for a call.
    pub(super) fn finished(
        &mut self,
        number: u64,
        result: Result<NewConnection, ConnectError>,
        idle_timeout: Duration,
    ) {
        self.spare.remove(&number);
        if let Some(owner) = self.waiting.get_mut(&number) {
            owner.attempt = None;
            self.without_attempt.insert(number);
        }
        match result {
            Ok(NewConnection::Http1(connection)) => {
                self.connections.record_http1();
                match self.remove(number) {
                    Some(owner) => owner.end(Ok(Connection::new(Protocol::Http1(connection)))),
                    None => self.keep(connection, idle_timeout),
                }
            }
            Ok(NewConnection::Http2(connection)) => {
                self.connections.record_http2(connection, idle_timeout);
            }
            Err(error) => self.failed(number, &error),
        }
    }

    fn failed(&mut self, number: u64, error: &ConnectError) {
        // Nobody waits for the attempt of a call that has left.
        let Some(owner) = self.waiting.get_mut(&number) else { return };
        if self.connections.are_http2() {
            // A stream may still come free.
            owner.has_failed = true;
        } else if self.connections.are_http1() {
            if let Some(owner) = self.remove(number) {
                owner.end(Err(error.clone()));
            }
        } else {
            // Until the protocol is known, all calls wait for one attempt.
            while let Some(waiting) = self.longest_waiting() {
                waiting.end(Err(error.clone()));
            }
        }
    }

    /// Removes a call that no longer waits.
    pub(super) fn leave(&mut self, number: u64) {
        if self.waiting.first_key_value().is_some_and(|(first, _)| *first == number) {
            // It has waited longest. On a connection whose server allows no streams, the next calls
            // would wait in vain, too.
            self.connections.retire_blocked();
        }
        self.remove(number);
    }

    /// Hands a connection that can take a request to the call that has waited longest, or keeps it
    /// for the next one.
    pub(super) fn keep(&mut self, connection: Http1, idle_timeout: Duration) {
        match self.longest_waiting() {
            Some(waiting) => waiting.end(Ok(Connection::reused(Protocol::Http1(connection)))),
            None => self.connections.put_back(connection, idle_timeout),
        }
    }

    fn longest_waiting(&mut self) -> Option<Waiting> {
        let (number, _) = self.waiting.first_key_value()?;
        self.remove(*number)
    }

    /// Removes a call, whose attempt goes on for the next one.
    fn remove(&mut self, number: u64) -> Option<Waiting> {
        let mut waiting = self.waiting.remove(&number)?;
        self.without_attempt.remove(&number);
        if let Some(attempt) = waiting.attempt.take() {
            self.spare.insert(number, attempt);
            if self.spare.len() > MAX_IDLE {
                // The others will be open sooner.
                self.spare.pop_last();
            }
        }
        Some(waiting)
    }
}

impl Waiting {
    fn end(self, result: Result<Connection, ConnectError>) {
        // A call leaves the queue before it drops its receiver.
        let _received = self.sender.send(result);
    }
}

#[cfg(all(test, feature = "http2"))]
mod tests {
    use super::{Duration, NewConnection, State};
    use crate::exchange::Http2;

    #[tokio::test]
    async fn an_attempt_that_ends_before_it_is_recorded_has_ended() {
        let mut state = State::default();
        let (number, _receiver) = state.wait();
        assert_eq!(state.start_attempts().into_iter().collect::<Vec<_>>(), [number]);
        let (http2, _server) = Http2::in_memory().await;
        state.finished(number, Ok(NewConnection::Http2(http2)), Duration::MAX);
        state.started(number, tokio::spawn(async {}).into());
        state.leave(number);
        assert!(state.spare.is_empty());
    }
}
