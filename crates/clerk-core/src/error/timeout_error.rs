use std::{error::Error as StdError, fmt, time::Duration};

use super::ErrorContext;
use crate::port::{Sent, TransportError, TransportErrorKind};

/// A time limit that expired before the response was complete: the call's, the attempt's, or one of
/// the transport's own.
#[derive(Debug)]
pub struct TimeoutError {
    pub(super) context: Box<ErrorContext>,
    timeout: Timeout,
}

/// The limit that expired.
#[derive(Debug)]
pub(crate) enum Timeout {
    /// `timeout`, which bounds the whole call.
    Call(Duration, Sent),
    /// `attempt_timeout`, which bounds one attempt.
    Attempt(Duration, Sent),
    /// One of the transport's own.
    Transport(TransportError),
}

impl Timeout {
    pub(crate) fn sent(&self) -> Sent {
        match self {
            Self::Call(_, sent) | Self::Attempt(_, sent) => *sent,
            Self::Transport(error) => error.sent(),
        }
    }

    pub(crate) fn transport_error(&self) -> Option<&TransportError> {
        match self {
            Self::Call(..) | Self::Attempt(..) => None,
            Self::Transport(error) => Some(error),
        }
    }
}

impl TimeoutError {
    pub(super) fn new(context: ErrorContext, timeout: Timeout) -> Self {
        Self { context: Box::new(context), timeout }
    }

    /// Returns whether the request of the last attempt may have been sent.
    pub fn sent(&self) -> Sent {
        self.timeout.sent()
    }

    /// Returns what the transport reported, if the limit was its own.
    pub fn transport_error(&self) -> Option<&TransportError> {
        self.timeout.transport_error()
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.timeout {
            Timeout::Call(limit, _) => write!(f, "no response within the {limit:?} call timeout")?,
            Timeout::Attempt(limit, _) => {
                write!(f, "no response within the {limit:?} attempt timeout")?;
            }
            Timeout::Transport(error) => {
                write!(f, "{}", TransportErrorKind::Timeout)?;
                if let Some(status) = error.status() {
                    write!(f, " after {status}")?;
                }
            }
        }
        self.context.write_after_with_host(f)
    }
}

impl StdError for TimeoutError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.transport_error().and_then(StdError::source)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Duration, ErrorContext, Sent, StdError as _, Timeout, TimeoutError, TransportError,
        TransportErrorKind,
    };

    fn error(timeout: Timeout) -> TimeoutError {
        TimeoutError::new(ErrorContext::of_one_attempt(), timeout)
    }

    #[test]
    fn display_names_the_limit_that_expired() {
        let limit = Duration::from_millis(300);
        assert_eq!(
            error(Timeout::Call(limit, Sent::No)).to_string(),
            "no response within the 300ms call timeout (api.clerk.com:443)"
        );
        assert_eq!(
            error(Timeout::Attempt(limit, Sent::No)).to_string(),
            "no response within the 300ms attempt timeout (api.clerk.com:443)"
        );
    }

    #[test]
    fn a_limit_of_the_transport_has_its_cause_as_source() {
        let transport = TransportError::new(TransportErrorKind::Timeout, "the cause");
        let error = error(Timeout::Transport(transport));
        assert_eq!(error.to_string(), "transport timed out (api.clerk.com:443)");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert_eq!((error.sent(), error.transport_error().is_some()), (Sent::Maybe, true));
    }
}
