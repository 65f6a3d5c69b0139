use std::collections::HashMap;

use super::request::Request;
use crate::{canned, operation::Operation};

/// A record of what a server really saw, whatever the client believes.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// How many connections it accepted.
    pub connections: usize,
    /// How many TLS handshakes it completed.
    pub handshakes: usize,
    /// How many HTTP/2 streams it accepted and is not done with.
    pub open_streams: usize,
    /// The requests that it read to their last byte, in order.
    pub requests: Vec<Request>,
    /// How many bytes arrived that it did not read as a request: after it closed, for example.
    pub unread: usize,
    /// How many bytes it could write. What the kernel buffers for a client that does not read is
    /// bounded.
    pub written: usize,
    /// How many connections are closed.
    pub closed: usize,
    /// The ids of the tokens that it created, by the name of the call.
    pub created: HashMap<String, Vec<String>>,
    /// How many steps of the scripts have not begun.
    pub pending_steps: usize,
}

impl Ledger {
    /// Returns how many requests for this operation were read under this name.
    pub fn count(&self, operation: Operation, name: &str) -> usize {
        self.requests
            .iter()
            .filter(|request| request.operation == operation && request.name == name)
            .count()
    }

    /// Records a request, has it take effect, and returns the body of the response.
    pub(super) fn process(&mut self, request: &Request) -> String {
        self.requests.push(request.clone());
        let Request { operation, name, .. } = request;
        let id = match operation {
            Operation::Revoke => name.clone(),
            Operation::Create => {
                let created = self.created.entry(name.clone()).or_default();
                let id = operation.token_id(name, created.len());
                created.push(id.clone());
                id
            }
        };
        canned::response(*operation, &id).to_string()
    }
}
