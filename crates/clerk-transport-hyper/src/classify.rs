use std::{error::Error as StdError, io, sync::Arc};

use clerk_core::{Sent, TransportError, TransportErrorKind};
use tokio::time::error::Elapsed;

use crate::connect::BoxError;

/// Says why a connection could not be made. Nothing of a request was sent; all who waited for it
/// share it.
#[derive(Clone, Debug)]
pub(crate) struct DialError {
    kind: TransportErrorKind,
    cause: Arc<dyn StdError + Send + Sync>,
}

impl DialError {
    pub(crate) fn connect(cause: BoxError) -> Self {
        let kind = if find::<rustls::Error>(&*cause).is_some() {
            // A certificate, an alert, something that is no TLS: hyper-util calls all of it a
            // connect error.
            TransportErrorKind::Tls
        } else if find::<rustls::pki_types::InvalidDnsNameError>(&*cause).is_some() {
            TransportErrorKind::Config
        } else {
            TransportErrorKind::Connect
        };
        Self { kind, cause: cause.into() }
    }

    pub(crate) fn begin(cause: hyper::Error) -> Self {
        Self { kind: TransportErrorKind::Connect, cause: Arc::new(cause) }
    }

    pub(crate) fn timeout(cause: Elapsed) -> Self {
        Self { kind: TransportErrorKind::Timeout, cause: Arc::new(cause) }
    }
}

impl From<DialError> for TransportError {
    fn from(error: DialError) -> Self {
        Self::new(error.kind, error.cause).with_sent(Sent::No)
    }
}

/// Makes the error of a request that a new connection handed back unwritten.
pub(crate) fn unwritten(error: hyper::Error) -> TransportError {
    let kind = if is_tls(&error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect };
    TransportError::new(kind, error).with_sent(Sent::No)
}

/// Makes the error of a request that was handed to a connection and has no answer.
///
/// With TLS 1.3 a server may refuse the client's certificate when the client is done with the
/// handshake. On a connection that `has_answered` before, TLS fails as TCP does.
pub(crate) fn exchange_failed(error: hyper::Error, has_answered: bool) -> TransportError {
    let refused = find::<h2::Error>(&error).is_some_and(|error| {
        error.is_remote() && error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
    });
    let kind = match is_tls(&error) {
        true if has_answered => TransportErrorKind::Io,
        true => TransportErrorKind::Tls,
        false => kind(&error),
    };
    let error = TransportError::new(kind, error);
    // RFC 9113, section 8.7: a refused stream was not processed.
    if refused { error.with_sent(Sent::No) } else { error }
}

/// Makes the error of an answer that began and could not be read to its end.
pub(crate) fn answer_failed(error: BoxError) -> TransportError {
    // What is not hyper's own comes from the limit.
    let kind = error.downcast_ref().map_or(TransportErrorKind::TooLarge, kind);
    TransportError::new(kind, error)
}

fn kind(error: &hyper::Error) -> TransportErrorKind {
    if find::<rustls::Error>(error).is_some() {
        return TransportErrorKind::Io;
    }
    if error.is_timeout() {
        return TransportErrorKind::Timeout;
    }
    if error.is_incomplete_message() {
        return TransportErrorKind::Incomplete;
    }
    if let Some(error) = find::<io::Error>(error) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => TransportErrorKind::Incomplete,
            // How hyper reports bytes that are no HTTP, such as a bad chunk: the connection itself
            // is sound.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => TransportErrorKind::Other,
            _ => TransportErrorKind::Io,
        };
    }
    if find::<h2::Error>(error).is_some_and(|error| error.is_reset() || error.is_go_away()) {
        return TransportErrorKind::Io;
    }
    TransportErrorKind::Other
}

/// Tells whether TLS is what failed before an answer began.
fn is_tls(error: &hyper::Error) -> bool {
    // h2 keeps of an I/O error the kind and the text; and before an answer begins, nothing but TLS
    // gives this kind.
    find::<rustls::Error>(error).is_some()
        || find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}

/// Finds an error of this type among the causes. What an I/O error wraps is looked at too: its
/// `source` leaves it out.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{DialError, TransportErrorKind, find};

    #[test]
    fn a_tls_error_is_found_however_deep_it_is_wrapped() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, alert));
        assert!(find::<rustls::Error>(&wrapped).is_some());
        assert_eq!(DialError::connect(wrapped.into()).kind, TransportErrorKind::Tls);
    }

    #[test]
    fn a_handshake_that_was_cut_is_no_tls_error() {
        let cut =
            io::Error::other(io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof"));
        assert_eq!(DialError::connect(cut.into()).kind, TransportErrorKind::Connect);
    }

    #[test]
    fn a_name_that_no_certificate_can_have_is_a_matter_of_configuration() {
        let name = rustls::pki_types::ServerName::try_from("a b").unwrap_err();
        assert_eq!(DialError::connect(name.into()).kind, TransportErrorKind::Config);
    }
}
