use std::fmt;

use super::request::Request;

/// How many requests are shown by name.
const MAX_SHOWN: usize = 4;

/// A record of what a server really saw, whatever the client believes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// The requests that it read to their last byte, in order.
    pub(crate) requests: Vec<Request>,
    /// How many bytes it could write. What the kernel buffers for a client that does not read is
    /// bounded.
    pub(crate) written: usize,
    /// How often it closed its side of a connection.
    pub(crate) closes: usize,
    /// How many connections have ended.
    pub(crate) ended: usize,
    /// How often it waited in vain for something that the client should have done.
    pub(crate) expired: usize,
}

impl Ledger {
    /// Returns how many requests had this target.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests.iter().filter(|request| request.head.path() == path).count()
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests =
            self.requests.iter().take(MAX_SHOWN).map(|Request { connection, head, .. }| {
                format!("{} {} on connection {connection}", head.method, head.target)
            });
        let requests: Vec<_> = requests.collect();
        match self.requests.len() {
            0 => write!(f, "the server read no request"),
            count if count > MAX_SHOWN => {
                write!(f, "the server read {}, and {} more", requests.join(", "), count - MAX_SHOWN)
            }
            _ => write!(f, "the server read {}", requests.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::request::Head, Ledger, Request};

    #[test]
    fn the_first_requests_are_shown() {
        let head = Head::parse(b"GET /a HTTP/1.1\r\n\r\n").unwrap();
        let mut ledger = Ledger::default();
        assert_eq!(ledger.to_string(), "the server read no request");
        for connection in 1..=6 {
            let (head, body) = (head.clone(), Vec::new());
            ledger.requests.push(Request { connection, head, body });
            if connection == 1 {
                assert_eq!(ledger.to_string(), "the server read GET /a on connection 1");
            }
        }
        let shown = ledger.to_string();
        assert!(shown.ends_with("GET /a on connection 4, and 2 more"), "{shown}");
    }
}
