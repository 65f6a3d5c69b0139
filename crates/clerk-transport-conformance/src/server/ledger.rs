use std::fmt;

use super::request::Request;

/// How many requests are shown by name.
const MAX_SHOWN: usize = 4;

/// A record of what a server really saw, whatever the client believes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// On how many connections anything arrived.
    pub(crate) connections: usize,
    /// The requests that it read to their last byte, in order.
    pub(crate) requests: Vec<Request>,
    /// How many bytes it read, whether or not they were a request.
    pub(crate) read: usize,
    /// How many bytes it could write. What the kernel buffers for a client that does not read is
    /// bounded.
    pub(crate) written: usize,
    /// How many connections are closed.
    pub(crate) closed: usize,
    /// How often it waited in vain for something that the client should have done.
    pub(crate) expired: usize,
}

impl Ledger {
    /// Returns how many requests had this target.
    pub(crate) fn count(&self, target: &str) -> usize {
        self.requests.iter().filter(|request| request.head.target == target).count()
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.requests.len();
        write!(f, "the server read {count} requests on {} connections", self.connections)?;
        if count > 0 {
            let shown: Vec<_> = self
                .requests
                .iter()
                .take(MAX_SHOWN)
                .map(|request| format!("{} {}", request.head.method, request.head.target))
                .collect();
            let more = if count > MAX_SHOWN { ", …" } else { "" };
            write!(f, " ({}{more})", shown.join(", "))?;
        }
        Ok(())
    }
}
