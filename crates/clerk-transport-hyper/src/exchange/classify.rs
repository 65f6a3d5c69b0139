use std::io;

use clerk_core::{Sent, TransportError, TransportErrorKind};

use crate::{cause::find_cause, connector::BoxError};

/// Returns the error for a request that a new connection handed back.
pub(crate) fn handed_back(error: hyper::Error) -> TransportError {
    let kind = if is_tls(&error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect };
    TransportError::new(kind, error).with_sent(Sent::No)
}

/// Returns the error for a request that a connection took and that got no response.
///
/// With TLS 1.3, a server may reject the client's certificate after the client has finished the
/// handshake. Once the server `has_responded`, a TLS error means a broken connection.
pub(crate) fn exchange_failed(error: hyper::Error, has_responded: bool) -> TransportError {
    let is_refused = find_cause::<h2::Error>(&error).is_some_and(|error| {
        error.is_remote() && error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
    });
    let kind = match is_tls(&error) {
        true if has_responded => TransportErrorKind::Io,
        true => TransportErrorKind::Tls,
        false => kind(&error),
    };
    let error = TransportError::new(kind, error);
    // RFC 9113, section 8.7: a refused stream was not processed.
    if is_refused { error.with_sent(Sent::No) } else { error }
}

/// Returns the error for a response whose body could not be read to its end.
pub(crate) fn response_failed(error: BoxError, max_bytes: usize) -> TransportError {
    if let Ok(error) = error.downcast::<hyper::Error>() {
        return TransportError::new(kind(&error), *error);
    }
    // The only other source of errors is the limit itself.
    let cause = format!("limit of {max_bytes} bytes exceeded");
    TransportError::new(TransportErrorKind::TooLarge, cause)
}

fn kind(error: &hyper::Error) -> TransportErrorKind {
    if find_cause::<rustls::Error>(error).is_some() {
        return TransportErrorKind::Io;
    }
    if error.is_timeout() {
        return TransportErrorKind::Timeout;
    }
    if error.is_incomplete_message() {
        return TransportErrorKind::Incomplete;
    }
    if let Some(error) = find_cause::<io::Error>(error) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => TransportErrorKind::Incomplete,
            // How hyper reports bytes that are not HTTP, such as a malformed chunk. The connection
            // itself has not failed.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => TransportErrorKind::Other,
            _ => TransportErrorKind::Io,
        };
    }
    if find_cause::<h2::Error>(error).is_some_and(|error| error.is_reset() || error.is_go_away()) {
        return TransportErrorKind::Io;
    }
    TransportErrorKind::Other
}

/// Returns `true` if TLS failed, for an error that occurred before a response began.
fn is_tls(error: &hyper::Error) -> bool {
    // h2 keeps only the kind and the message of an I/O error. Before a response begins, only TLS
    // fails with this kind.
    find_cause::<rustls::Error>(error).is_some()
        || find_cause::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}
