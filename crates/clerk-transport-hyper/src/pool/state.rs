use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::{sync::oneshot, task::JoinSet};

use super::connections::Connections;
use crate::{connector::ConnectError, exchange::Connection, task::Task};

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
    /// The attempt that was started for this call.
    attempt: Option<Task>,
}

impl State {
    /// Adds a call to those that wait, and returns its number.
    pub(super) fn wait(&mut self) -> (u64, oneshot::Receiver<Result<Connection, ConnectError>>) {
        let (sender, receiver) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, Waiting { sender, attempt: None });
        (number, receiver)
    }

    /// Returns the calls for which an attempt must be started: all that have none if the server
    /// speaks HTTP/1.1, and one of them if that is not known and there is no attempt.
    pub(super) fn without_attempt(&self) -> Vec<u64> {
        let without = self.waiting.iter().filter(|(_, waiting)| waiting.attempt.is_none());
        let numbers = without.map(|(number, _)| *number);
        if self.connections.are_http1() {
            numbers.collect()
        } else if self.waiting.values().all(|waiting| waiting.attempt.is_none()) {
            numbers.take(1).collect()
        } else {
            Vec::new()
        }
    }

    /// Records the attempt that was started for a call.
    pub(super) fn started(&mut self, number: u64, attempt: Task) {
        if let Some(waiting) = self.waiting.get_mut(&number) {
            waiting.attempt = Some(attempt);
        }
    }

    /// Hands out the outcome of the attempt that was started for a call.
    pub(super) fn finished(
        &mut self,
        number: u64,
        result: Result<Connection, ConnectError>,
        idle_timeout: Duration,
    ) {
        self.spare.retain(|(spare, _)| *spare != number);
        let owner = self.waiting.remove(&number);
        match (result, owner) {
            (Ok(connection), owner) => {
                self.connections.record(&connection, idle_timeout);
                while let Some(share) = connection.share() {
                    let Some(waiting) = self.longest_waiting() else { break };
                    waiting.end(Ok(share));
                }
                match owner {
                    Some(owner) => owner.end(Ok(connection)),
                    None => self.keep(connection, idle_timeout),
                }
            }
            (Err(error), Some(owner)) => {
                // Until the protocol is known, all calls wait for one attempt.
                if !self.connections.are_http1() {
                    while let Some(waiting) = self.longest_waiting() {
                        waiting.end(Err(error.clone()));
                    }
                }
                owner.end(Err(error));
            }
            // Nobody waits for this one.
            (Err(_), None) => {}
        }
    }

    /// Removes a call that no longer waits.
    pub(super) fn leave(&mut self, number: u64) {
        if let Some(waiting) = self.waiting.remove(&number) {
            self.spare(number, waiting.attempt);
        }
    }

    /// Gives a connection that can take a request to the call that has waited longest, or keeps it
    /// for the next one.
    pub(super) fn keep(&mut self, connection: Connection, idle_timeout: Duration) {
        match self.longest_waiting() {
            Some(waiting) => waiting.end(Ok(connection)),
            None => self.connections.put_back(connection, idle_timeout),
        }
    }

    fn longest_waiting(&mut self) -> Option<Waiting> {
        let (number, mut waiting) = self.waiting.pop_first()?;
        self.spare(number, waiting.attempt.take());
        Some(waiting)
    }

    fn spare(&mut self, number: u64, attempt: Option<Task>) {
        self.spare.extend(attempt.map(|attempt| (number, attempt)));
        if self.spare.len() > MAX_SPARE {
            self.spare.pop_front();
        }
    }
}

impl Waiting {
    fn end(self, result: Result<Connection, ConnectError>) {
        // A call leaves the queue before it drops its receiver.
        let _received = self.sender.send(result);
    }
}
