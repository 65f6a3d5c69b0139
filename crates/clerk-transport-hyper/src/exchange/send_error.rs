use clerk_core::TransportError;

use super::request::FullRequest;

/// A failed exchange.
pub(crate) enum SendError {
    /// The connection handed the request back: not a byte of it was written. If the connection is
    /// new, the call fails with the error.
    HandedBack(Box<FullRequest>, TransportError),
    /// The connection took the request: it may have been written.
    Failed(TransportError),
}
