use std::io;

use clerk_core::{Sent, TransportError, TransportErrorKind};

use crate::cause::find_cause;

/// Returns the error for a request that a new connection handed back.
pub(super) fn handed_back(error: hyper::Error) -> TransportError {
    let kind = if is_tls(&error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect };
    TransportError::new(kind, error).with_sent(Sent::No)
}

/// Returns the error for a request that a connection took and that got no response.
///
/// With TLS 1.3, a server may reject the client's certificate after the client has finished the
/// handshake. Once the server `has_responded`, a TLS error means a broken connection.
pub(super) fn exchange_failed(error: hyper::Error, has_responded: bool) -> TransportError {
    let kind = match is_tls(&error) {
        true if has_responded => TransportErrorKind::Io,
        true => TransportErrorKind::Tls,
        false => kind(&error),
    };
    TransportError::new(kind, error)
}

/// Returns the error for a response whose body could not be read to its end.
pub(super) fn response_failed(error: hyper::Error) -> TransportError {
    TransportError::new(kind(&error), error)
}

/// Returns the error for a response whose body is larger than the limit.
pub(super) fn too_large(max_bytes: usize) -> TransportError {
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
    match find_cause::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::UnexpectedEof) => TransportErrorKind::Incomplete,
        // These two are how hyper reports bytes that are not HTTP, such as a malformed chunk. The
        // connection itself has not failed.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) | None => {
            TransportErrorKind::Other
        }
        Some(_) => TransportErrorKind::Io,
    }
}

/// Returns `true` if TLS failed, for an error that occurred before a response began.
fn is_tls(error: &hyper::Error) -> bool {
    find_cause::<rustls::Error>(error).is_some()
}
