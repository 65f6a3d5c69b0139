use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    time::Duration,
};

use tokio::{sync::oneshot, task::JoinSet};

use super::connections::Connections;
use crate::{
    connector::ConnectError,
    exchange::{Connection, Http1, NewConnection, Protocol},
    task::Task,
};

/// How many attempts to connect go on without a call that waits for them.
const MAX_SPARE: usize = 50;

/// The connections of a pool, the calls that wait for one, and the tasks that belong to the pool.
#[derive(Default)]
pub(super) struct State {
    pub(super) connections: Connections,
    /// The calls that wait, by their numbers, the longest waiting first.
    waiting: BTreeMap<u64, Waiting>,
    /// The number of the next call that waits.
    next: u64,
    /// Attempts whose calls have ended or got another connection, the oldest first. What they open
    /// is for the next call.
    spare: VecDeque<(u64, Task)>,
    /// Closes idle connections, as long as there are any.
    pub(super) sweeper: Option<Task>,
    /// Wait for connections to become ready.
    pub(super) settling: JoinSet<()>,
}

/// A call that waits for a connection.
struct Waiting {
    sender: oneshot::Sender<Result<Connection, ConnectError>>,
    attempt: Attempt,
    /// Whether such an attempt failed, while there were connections that all calls share.
    has_failed: bool,
}

/// The attempt to connect for a waiting call.
enum Attempt {
    None,
    Starting,
    Started(Task),
}

impl State {
    /// Adds a call to those that wait, and returns its number.
    pub(super) fn wait(&mut self) -> (u64, oneshot::Receiver<Result<Connection, ConnectError>>) {
        let (sender, receiver) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, Waiting { sender, attempt: Attempt::None, has_failed: false });
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
    pub(super) fn start_attempts(&mut self) -> Vec<u64> {
        let has_none = |waiting: &Waiting| matches!(waiting.attempt, Attempt::None);
        let is_shared = self.connections.are_http2();
        let count = if self.connections.are_http1() {
            self.waiting.len()
        } else {
            let is_growing = is_shared && !self.spare.is_empty();
            let may_grow = !is_growing && self.connections.want_more();
            usize::from(may_grow && self.waiting.values().all(has_none))
        };
        // A server that refuses further connections is not asked again and again.
        let may_start = |waiting: &Waiting| has_none(waiting) && !(is_shared && waiting.has_failed);
        let without = self.waiting.iter_mut().filter(|(_, waiting)| may_start(waiting));
        let start = |(number, waiting): (&u64, &mut Waiting)| {
            waiting.attempt = Attempt::Starting;
            *number
        };
        without.take(count).map(start).collect()
    }

    /// Records the task of an attempt that was started for a call.
    pub(super) fn started(&mut self, number: u64, task: Task) {
        if let Some(waiting) = self.waiting.get_mut(&number) {
            waiting.attempt = Attempt::Started(task);
        }
    }

    /// Hands out the outcome of the attempt that was started for a call.
    pub(super) fn finished(
        &mut self,
        number: u64,
        result: Result<NewConnection, ConnectError>,
        idle_timeout: Duration,
    ) {
        self.spare.retain(|(spare, _)| *spare != number);
        match result {
            Ok(NewConnection::Http1(connection)) => {
                self.connections.record_http1();
                match self.waiting.remove(&number) {
                    Some(owner) => owner.end(Ok(Connection::new(Protocol::Http1(connection)))),
                    None => self.keep(connection, idle_timeout),
                }
            }
            Ok(NewConnection::Http2(connection)) => {
                if let Some(owner) = self.waiting.get_mut(&number) {
                    owner.attempt = Attempt::None;
                }
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
            (owner.attempt, owner.has_failed) = (Attempt::None, true);
        } else if self.connections.are_http1() {
            if let Some(owner) = self.waiting.remove(&number) {
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
        if let Some(waiting) = self.waiting.remove(&number) {
            self.spare(number, waiting.attempt);
        }
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
        let (number, mut waiting) = self.waiting.pop_first()?;
        self.spare(number, mem::replace(&mut waiting.attempt, Attempt::None));
        Some(waiting)
    }

    fn spare(&mut self, number: u64, attempt: Attempt) {
        if let Attempt::Started(task) = attempt {
            self.spare.push_back((number, task));
            if self.spare.len() > MAX_SPARE {
                self.spare.pop_front();
            }
        }
    }
}

impl Waiting {
    fn end(self, result: Result<Connection, ConnectError>) {
        // A call leaves the queue before it drops its receiver.
        let _received = self.sender.send(result);
    }
}
