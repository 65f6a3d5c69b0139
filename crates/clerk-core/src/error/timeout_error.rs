use std::{fmt, time::Duration};

use super::Stamp;
use crate::port::{Sent, TransportError};

/// Says that no answer came in time. If it was the transport's own limit that struck, its error is
/// the cause.
#[derive(Debug, thiserror::Error)]
#[error("no answer came within {limit}{stamp}")]
pub struct TimeoutError {
    pub(super) stamp: Box<Stamp>,
    limit: TimeLimit,
    sent: Sent,
    source: Option<TransportError>,
}

/// Which limit struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeLimit {
    /// `timeout`: the whole call.
    Call(Duration),
    /// `attempt_timeout`: one attempt.
    Attempt(Duration),
    /// One of the transport's own.
    Transport,
}

impl TimeoutError {
    pub(crate) fn new(limit: TimeLimit, sent: Sent) -> Self {
        Self { stamp: Box::default(), limit, sent, source: None }
    }

    pub(crate) fn of_transport(stamp: Stamp, source: TransportError) -> Self {
        Self {
            stamp: Box::new(stamp),
            limit: TimeLimit::Transport,
            sent: source.sent(),
            source: Some(source),
        }
    }

    /// Says whether the last attempt's request may have been sent.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Gives the transport's error, if it was the transport's limit that struck.
    pub fn transport_error(&self) -> Option<&TransportError> {
        self.source.as_ref()
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(limit) => write!(f, "the {limit:?} that the call may take"),
            Self::Attempt(limit) => write!(f, "the {limit:?} that an attempt may take"),
            Self::Transport => f.write_str("the transport's own limit"),
        }
    }
}
