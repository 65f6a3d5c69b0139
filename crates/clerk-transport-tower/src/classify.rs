use std::{error::Error as StdError, io};

use clerk_core::{Sent, TransportError, TransportErrorKind};

use crate::cause::{BoxError, causes};

/// The messages of errors whose types are private, or would bring in the library that defines them.
/// If one of them changes, its kind becomes a less precise one that is retried in the same cases,
/// except for the configuration errors.
const MESSAGES: [(&str, TransportErrorKind); 6] = [
    // hyper
    ("connection closed before message completed", TransportErrorKind::Incomplete),
    // reqwest
    ("operation timed out", TransportErrorKind::Timeout),
    // tower
    ("request timed out", TransportErrorKind::Timeout),
    // hyper-util, for https without TLS
    ("invalid URL, scheme is not http", TransportErrorKind::Config),
    // hyper-util, for a proxy that refuses the credentials
    ("tunnel error: proxy authorization required", TransportErrorKind::Config),
    ("SOCKS error: credentials not accepted", TransportErrorKind::Config),
];

/// Returns the error for a service that failed before there was a response.
pub(crate) fn service_failed(error: BoxError, sent: Sent) -> TransportError {
    match error.downcast::<TransportError>() {
        Ok(error) => *error,
        Err(error) => TransportError::new(kind_before_head(&*error, sent), error),
    }
}

/// Returns the error for a response whose body could not be read to its end.
pub(crate) fn body_failed(error: BoxError) -> TransportError {
    let kind = match known_message(&*error) {
        Some(kind) => kind,
        None => match io_kind(&*error) {
            Some(io::ErrorKind::TimedOut) => TransportErrorKind::Timeout,
            Some(io::ErrorKind::UnexpectedEof) => TransportErrorKind::Incomplete,
            // These two are how hyper reports a malformed chunk. The connection has not failed.
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) | None => {
                TransportErrorKind::Other
            }
            Some(_) => TransportErrorKind::Io,
        },
    };
    TransportError::new(kind, error)
}

fn kind_before_head(error: &(dyn StdError + 'static), sent: Sent) -> TransportErrorKind {
    if let Some(kind) = known_message(error) {
        return kind;
    }
    match (io_kind(error), sent) {
        (Some(io::ErrorKind::TimedOut), _) => TransportErrorKind::Timeout,
        // How rustls fails beneath every connector: an invalid certificate, an alert, or a peer
        // that does not speak TLS.
        (Some(io::ErrorKind::InvalidData), _) => TransportErrorKind::Tls,
        (Some(_), Sent::No) => TransportErrorKind::Connect,
        (Some(io::ErrorKind::UnexpectedEof), Sent::Maybe) => TransportErrorKind::Incomplete,
        (Some(_), Sent::Maybe) => TransportErrorKind::Io,
        // Other TLS libraries have errors of their own, one for each platform.
        (None, Sent::No) if mentions_certificate(error) => TransportErrorKind::Tls,
        (None, _) => TransportErrorKind::Other,
    }
}

fn known_message(error: &(dyn StdError + 'static)) -> Option<TransportErrorKind> {
    causes(error).find_map(|cause| {
        let message = cause.to_string();
        MESSAGES.iter().find(|(known, _)| *known == message).map(|(_, kind)| *kind)
    })
}

/// Returns the kind of the innermost I/O error: the outer ones only wrap it.
fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref().map(io::Error::kind)).last()
}

fn mentions_certificate(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.to_string().contains("certificate"))
}

#[cfg(test)]
mod tests {
    use super::{BoxError, Sent, TransportError, TransportErrorKind as Kind, body_failed, io};

    fn service_failed(error: impl Into<BoxError>, sent: Sent) -> Kind {
        super::service_failed(error.into(), sent).kind()
    }

    #[test]
    fn before_a_request_is_read_an_io_error_is_a_failure_to_connect() {
        for (kind, unsent, sent) in [
            (io::ErrorKind::ConnectionRefused, Kind::Connect, Kind::Io),
            (io::ErrorKind::ConnectionReset, Kind::Connect, Kind::Io),
            (io::ErrorKind::UnexpectedEof, Kind::Connect, Kind::Incomplete),
            (io::ErrorKind::TimedOut, Kind::Timeout, Kind::Timeout),
            (io::ErrorKind::InvalidData, Kind::Tls, Kind::Tls),
        ] {
            let wrapped = || io::Error::other(io::Error::from(kind));
            assert_eq!(service_failed(wrapped(), Sent::No), unsent, "{kind:?}");
            assert_eq!(service_failed(wrapped(), Sent::Maybe), sent, "{kind:?}");
        }
    }

    #[test]
    fn errors_of_any_other_type_are_known_by_their_messages() {
        assert_eq!(service_failed("request timed out", Sent::Maybe), Kind::Timeout);
        assert_eq!(
            service_failed("tunnel error: proxy authorization required", Sent::No),
            Kind::Config
        );
        assert_eq!(service_failed("self-signed certificate", Sent::No), Kind::Tls);
        assert_eq!(service_failed("service overloaded", Sent::No), Kind::Other);
    }

    #[test]
    fn an_error_of_a_transport_is_passed_on() {
        let error = TransportError::new(Kind::Config, "x").with_sent(Sent::No);
        let error = super::service_failed(error.into(), Sent::Maybe);
        assert_eq!((error.kind(), error.sent()), (Kind::Config, Sent::No));
    }

    #[test]
    fn a_body_breaks_off_or_is_malformed() {
        for (kind, expected) in [
            (io::ErrorKind::ConnectionReset, Kind::Io),
            (io::ErrorKind::UnexpectedEof, Kind::Incomplete),
            (io::ErrorKind::TimedOut, Kind::Timeout),
            (io::ErrorKind::InvalidData, Kind::Other),
        ] {
            let error = body_failed(io::Error::from(kind).into());
            assert_eq!((error.kind(), error.sent()), (expected, Sent::Maybe), "{kind:?}");
        }
        assert_eq!(body_failed("operation timed out".into()).kind(), Kind::Timeout);
    }
}
