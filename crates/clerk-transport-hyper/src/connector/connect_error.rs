use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use clerk_core::{Sent, TransportError, TransportErrorKind};

use super::{BoxError, are_credentials_refused};
use crate::cause::find_cause;

/// A failure to connect. Nothing was sent; all calls that waited for the connection share it.
#[derive(Clone, Debug)]
pub(crate) struct ConnectError {
    kind: TransportErrorKind,
    cause: Arc<dyn StdError + Send + Sync>,
}

impl ConnectError {
    /// Creates the error for a connector that failed.
    pub(crate) fn connect(cause: BoxError) -> Self {
        let kind = if find_cause::<rustls::Error>(&*cause).is_some() {
            // hyper-util reports a bad certificate, an alert or a peer without TLS as a failure to
            // connect.
            TransportErrorKind::Tls
        } else if find_cause::<rustls::pki_types::InvalidDnsNameError>(&*cause).is_some()
            || are_credentials_refused(&*cause)
        {
            TransportErrorKind::Config
        } else if find_cause::<io::Error>(&*cause)
            .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
        {
            // The last address used up its share of the connect timeout.
            TransportErrorKind::Timeout
        } else {
            TransportErrorKind::Connect
        };
        Self { kind, cause: cause.into() }
    }

    /// Creates the error for a new connection on which HTTP could not be started.
    pub(crate) fn handshake(cause: BoxError) -> Self {
        let is_unsupported = find_cause::<io::Error>(&*cause)
            .is_some_and(|error| error.kind() == io::ErrorKind::Unsupported);
        let kind = if is_unsupported {
            // The protocol that the connector negotiated is not compiled in.
            TransportErrorKind::Config
        } else {
            TransportErrorKind::Connect
        };
        Self { kind, cause: cause.into() }
    }

    /// Creates the error for an attempt whose task panicked, or ended with its runtime.
    pub(crate) fn interrupted() -> Self {
        let cause = BoxError::from("connection attempt was interrupted");
        Self { kind: TransportErrorKind::Connect, cause: cause.into() }
    }

    /// Creates the error for a connect timeout.
    pub(crate) fn timeout(limit: Duration) -> Self {
        let cause = BoxError::from(format!("connect timeout of {limit:?} elapsed"));
        Self { kind: TransportErrorKind::Timeout, cause: cause.into() }
    }
}

impl From<ConnectError> for TransportError {
    fn from(error: ConnectError) -> Self {
        Self::new(error.kind, error.cause).with_sent(Sent::No)
    }
}

#[cfg(test)]
mod tests {
    use clerk_core::TransportError;

    use super::{ConnectError, Duration, StdError as _, TransportErrorKind, io};

    #[test]
    fn a_timeout_names_its_limit() {
        let error = TransportError::from(ConnectError::timeout(Duration::from_millis(1500)));
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
        assert_eq!(error.source().unwrap().to_string(), "connect timeout of 1.5s elapsed");
    }

    #[test]
    fn an_address_that_timed_out_is_a_timeout() {
        let timed_out = io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(ConnectError::connect(timed_out.into()).kind, TransportErrorKind::Timeout);
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(ConnectError::connect(refused.into()).kind, TransportErrorKind::Connect);
    }

    #[test]
    fn a_wrapped_tls_alert_is_a_tls_error() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, alert));
        assert_eq!(ConnectError::connect(wrapped.into()).kind, TransportErrorKind::Tls);
    }

    #[test]
    fn an_interrupted_handshake_is_not_a_tls_error() {
        let closed =
            io::Error::other(io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof"));
        assert_eq!(ConnectError::connect(closed.into()).kind, TransportErrorKind::Connect);
    }

    #[test]
    fn a_host_that_no_certificate_can_name_is_a_configuration_error() {
        let name = rustls::pki_types::ServerName::try_from("a b").unwrap_err();
        assert_eq!(ConnectError::connect(name.into()).kind, TransportErrorKind::Config);
    }
}
