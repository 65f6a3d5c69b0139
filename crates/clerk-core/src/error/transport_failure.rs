use std::{error::Error as StdError, fmt};

use super::ErrorContext;
use crate::port::{TransportError, TransportErrorKind};

/// A failure of the transport: no complete response arrived.
///
/// [`transport_error`](Self::transport_error) is what the transport reported, and
/// [`source`](StdError::source) is the cause of that.
#[derive(Debug)]
pub struct TransportFailure {
    pub(super) context: Box<ErrorContext>,
    error: TransportError,
}

impl TransportFailure {
    pub(super) fn new(context: ErrorContext, error: TransportError) -> Self {
        Self { context: Box::new(context), error }
    }

    /// Returns what the transport reported about the last attempt.
    pub fn transport_error(&self) -> &TransportError {
        &self.error
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TransportErrorKind::{Config, Connect, TooLarge};
        let kind = self.error.kind();
        match (kind, self.error.status()) {
            (Connect, _) => {
                write!(f, "{kind} to {}", self.context.authority)?;
                return self.context.write_after(f);
            }
            (Config, _) => {
                write!(f, "{kind}")?;
                return self.context.write_after(f);
            }
            (TooLarge, Some(status)) => write!(f, "{status} {kind}")?,
            (_, Some(status)) => write!(f, "response ended early after {status}")?,
            (_, None) => write!(f, "{kind}")?,
        }
        self.context.write_after_with_host(f)
    }
}

impl StdError for TransportFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::{
        ErrorContext, StdError as _, TransportError, TransportErrorKind, TransportFailure,
    };

    fn failure(kind: TransportErrorKind, status: Option<u16>) -> TransportFailure {
        let error = TransportError::new(kind, "the cause");
        let error = match status {
            Some(status) => {
                let response = Response::builder().status(status).body(()).unwrap();
                error.with_head(response.into_parts().0)
            }
            None => error,
        };
        TransportFailure::new(ErrorContext { attempts: 2, ..ErrorContext::of_one_attempt() }, error)
    }

    #[test]
    fn display_says_what_failed_and_where_without_the_cause() {
        use TransportErrorKind::{Config, Connect, Incomplete, Tls, TooLarge};
        for (kind, status, message) in [
            (Connect, None, "failed to connect to api.clerk.com:443 (2 attempts)"),
            (Tls, None, "TLS handshake failed (api.clerk.com:443, 2 attempts)"),
            (Config, None, "invalid transport configuration (2 attempts)"),
            (
                Incomplete,
                None,
                "connection closed before the response was complete (api.clerk.com:443, 2 attempts)",
            ),
            (
                Incomplete,
                Some(402),
                "response ended early after 402 Payment Required (api.clerk.com:443, 2 attempts)",
            ),
            (TooLarge, Some(200), "200 OK response is too large (api.clerk.com:443, 2 attempts)"),
        ] {
            assert_eq!(failure(kind, status).to_string(), message);
        }
    }

    #[test]
    fn the_source_is_the_cause_of_the_transport_error() {
        let failure = failure(TransportErrorKind::Io, None);
        assert_eq!(failure.source().unwrap().to_string(), "the cause");
        assert_eq!(failure.transport_error().kind(), TransportErrorKind::Io);
    }
}
