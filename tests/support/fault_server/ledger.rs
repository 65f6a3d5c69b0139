use std::collections::HashMap;

use crate::canned::{created, revoked};

/// What a server really saw, whatever the client believes.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// How many connections it accepted.
    pub connections: usize,
    /// The requests that it read to their last byte, in that order.
    pub requests: Vec<Request>,
    /// Bytes that it was sent and did not take for a request: after it closed, say.
    pub unread: usize,
    /// Bytes that it could write. What the kernel holds back for a reader that does not read is
    /// little.
    pub written: usize,
    /// How many connections the client ended, as the server saw it.
    pub ended: usize,
    /// The tokens that it made, by the name of the call.
    pub made: HashMap<String, Vec<String>>,
    /// How many steps of the scripts have not come to pass.
    pub steps_to_come: usize,
}

/// Is a request that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number of the connection it came by.
    pub connection: usize,
    pub operation: Operation,
    /// The actor's claim `call` of a create, the id in a revoke: unique to a call, the same in all
    /// its attempts.
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Revoke,
}

impl Ledger {
    /// Counts how often this operation was read under this name.
    pub fn count(&self, operation: Operation, name: &str) -> usize {
        self.requests
            .iter()
            .filter(|request| request.operation == operation && request.name == name)
            .count()
    }

    /// Enters a request, and makes what it asks for. Gives the answer's body.
    pub(super) fn take(&mut self, request: &Request) -> String {
        self.requests.push(request.clone());
        match request.operation {
            Operation::Revoke => Operation::Revoke.answer_body(&request.name),
            Operation::Create => {
                let made = self.made.entry(request.name.clone()).or_default();
                let id = format!("act_{}_{}", request.name, made.len());
                made.push(id.clone());
                Operation::Create.answer_body(&id)
            }
        }
    }
}

impl Operation {
    /// The proper answer about the token of this id, over HTTP/1.1.
    pub fn answer(self, id: &str) -> String {
        over_http1(&self.answer_body(id))
    }

    /// Its body alone.
    pub fn answer_body(self, id: &str) -> String {
        match self {
            Self::Create => created(id),
            Self::Revoke => revoked(id),
        }
        .to_string()
    }
}

pub(super) fn over_http1(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nclerk-trace-id: trace_1\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
