use super::Stamp;
use crate::port::TransportError;

/// Says that the transport has no whole answer. The [`TransportError`] is its cause.
#[derive(Debug, thiserror::Error)]
#[error("no whole answer came{stamp}")]
pub struct TransportFailure {
    pub(super) stamp: Box<Stamp>,
    source: TransportError,
}

impl TransportFailure {
    pub(crate) fn new(stamp: Stamp, source: TransportError) -> Self {
        Self { stamp: Box::new(stamp), source }
    }

    /// Gives what the transport said of the last attempt.
    pub fn transport_error(&self) -> &TransportError {
        &self.source
    }
}
