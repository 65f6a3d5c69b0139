use std::io;

use clerk_core::{Sent, TransportError, TransportErrorKind};
use h2::{Error, Reason};

use super::streams::Streams;
use crate::connector::BoxError;

/// Returns the error for a request that a new connection could not take.
pub(super) fn handed_back(error: Error) -> TransportError {
    let kind = if is_tls(&error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect };
    TransportError::new(kind, cause(error)).with_sent(Sent::No)
}

/// Returns the error for a request that h2 rejected at once.
pub(super) fn not_sent(error: Error) -> TransportError {
    TransportError::new(TransportErrorKind::Io, cause(error)).with_sent(Sent::No)
}

/// Returns the error for a stream that ended without a response.
pub(super) fn no_response(error: Error, streams: &Streams) -> TransportError {
    // RFC 9113, sections 6.8 and 8.7: a refused stream was not processed, and neither was a stream
    // above the last one that a GOAWAY names. h2 passes a GOAWAY from the server to no other
    // streams. One with an error code may come from a server that has lost count.
    let is_unprocessed = error.is_remote()
        && match error.reason() {
            Some(Reason::REFUSED_STREAM) => error.is_reset(),
            Some(Reason::NO_ERROR) => error.is_go_away(),
            _ => false,
        };
    let error = failed(kind(&error, streams), error);
    if is_unprocessed { error.with_sent(Sent::No) } else { error }
}

/// Returns the error for a response whose body could not be read to its end.
///
/// `is_short` says whether less than its promised length has arrived.
pub(super) fn incomplete(error: Error, is_short: bool, streams: &Streams) -> TransportError {
    // h2 resets a stream that ends before its promised length. A server may end one by a reset
    // without an error.
    let is_cut = (is_short && error.is_library() && error.is_reset())
        || (error.is_remote() && error.reason() == Some(Reason::NO_ERROR));
    let kind = if is_cut { TransportErrorKind::Incomplete } else { kind(&error, streams) };
    failed(kind, error)
}

fn failed(kind: TransportErrorKind, error: Error) -> TransportError {
    match kind {
        TransportErrorKind::Timeout => TransportError::new(kind, "no response to a ping"),
        _ => TransportError::new(kind, cause(error)),
    }
}

fn kind(error: &Error, streams: &Streams) -> TransportErrorKind {
    match error.get_io().map(io::Error::kind) {
        _ if streams.is_unresponsive() => TransportErrorKind::Timeout,
        // With TLS 1.3, a server may reject the client's certificate after the client has finished
        // the handshake. Once the server has responded, a TLS error means a broken connection.
        _ if is_tls(error) && !streams.has_responded() => TransportErrorKind::Tls,
        Some(io::ErrorKind::UnexpectedEof) => TransportErrorKind::Incomplete,
        // Bytes that are not HTTP/2.
        None if error.is_library() => TransportErrorKind::Other,
        _ => TransportErrorKind::Io,
    }
}

/// Returns `true` if TLS failed: h2 keeps only the kind and the message of an I/O error, and only
/// TLS fails with this kind.
fn is_tls(error: &Error) -> bool {
    error.get_io().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}

/// Returns an error without what a server added to its GOAWAY, which could be anything.
fn cause(error: Error) -> BoxError {
    match error.reason() {
        Some(reason) if error.is_go_away() => format!("connection error: {reason}").into(),
        _ => error.into(),
    }
}
