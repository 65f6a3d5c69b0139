use std::fmt;

use super::Stamp;
use crate::port::TransportError;

/// Says that the transport has no whole answer. The [`TransportError`] is its cause.
#[derive(Debug, thiserror::Error)]
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

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stamp.status {
            Some(status) => write!(f, "no more came of the answer than {status}{}", self.stamp),
            None => write!(f, "no answer came{}", self.stamp),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Stamp, TransportError, TransportFailure};
    use crate::port::TransportErrorKind;

    #[test]
    fn it_says_how_far_the_answer_came_and_leaves_the_cause_to_source() {
        let failure = |status| {
            let stamp = Stamp { status, attempts: 2, ..Stamp::default() };
            TransportFailure::new(stamp, TransportError::new(TransportErrorKind::Incomplete, "x"))
        };
        assert_eq!(failure(None).to_string(), "no answer came (after 2 attempts)");
        let cut = failure(Some(http::StatusCode::PAYMENT_REQUIRED));
        assert_eq!(
            cut.to_string(),
            "no more came of the answer than 402 Payment Required (after 2 attempts)"
        );
        assert_eq!(cut.source().unwrap().to_string(), cut.transport_error().to_string());
    }
}
