use std::{fmt, sync::Arc};

use bytes::Bytes;
use clerk_transport_hyper::rustls::ServerConfig;
use h2::Reason;

/// The steps of a server on one connection, which it closes after the last.
pub type Script = Vec<Step>;

/// What a server does next on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Performs a TLS handshake; all later steps take place inside TLS.
    Tls(Arc<ServerConfig>),
    /// Speaks HTTP/2 from here on, treats the first streams as listed, and responds properly on all
    /// later ones.
    Http2(Vec<Stream>),
    /// Reads this many bytes.
    ReadBytes(usize),
    /// Reads a request, which is recorded and takes effect.
    Read,
    /// Reads a request, which is recorded but takes no effect.
    ReadWithoutEffect,
    /// Writes the proper response to the last request.
    Respond,
    /// Writes this many bytes of the proper response to the last request.
    RespondInPart(usize),
    /// Writes these bytes.
    Write(Bytes),
    /// Writes these bytes below TLS.
    WriteBelowTls(&'static [u8]),
    /// Writes these bytes again and again, forever.
    WriteForever(Bytes),
    /// Writes these bytes, each when the test [releases it](super::FaultServer::release).
    Drip(Bytes),
    /// Waits until the test [releases it](super::FaultServer::release).
    Hold,
    /// Yields to other tasks this many times.
    Yield(usize),
    /// Closes the connection properly (over TLS with `close_notify`), and discards what still
    /// arrives.
    Close,
    /// Closes the socket below TLS, and discards what still arrives.
    Fin,
    /// Resets the connection.
    Reset,
    /// Does nothing until the client closes the connection.
    Stall,
    /// Responds properly until the client closes the connection.
    Serve,
    /// Responds properly until the call after which the server itself closes the connection.
    ServeUntil(Until),
}

impl Step {
    /// Writes this string.
    pub fn write(string: &str) -> Self {
        Self::Write(Bytes::copy_from_slice(string.as_bytes()))
    }
}

/// Decides, by the name of the call that just got its response, whether and when the server closes
/// the connection.
#[derive(Clone)]
pub struct Until(Arc<EndingOf>);

type EndingOf = dyn Fn(&str) -> Option<Ending> + Send + Sync;

/// When a server closes a connection.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    Now,
    /// When the next request arrives: too late for the client to know.
    AtNextByte,
}

impl Until {
    pub fn new(ending_of: impl Fn(&str) -> Option<Ending> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ending_of))
    }

    pub(super) fn ending(&self, name: &str) -> Option<Ending> {
        (self.0)(name)
    }
}

impl fmt::Debug for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Until")
    }
}

/// What a server does with an HTTP/2 stream.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    /// Responds properly.
    Respond,
    /// Responds properly when the test [releases it](super::FaultServer::release).
    Hold,
    /// Reads the request only when the test [releases it](super::FaultServer::release), and
    /// responds properly.
    ReadLate,
    /// Responds with this status and this body, and with headers that echo the secret key.
    Echo(u16, &'static str),
    /// Resets the stream without reading the request.
    Refuse(Reason),
    /// Reads the request and resets the stream.
    Reset(Reason),
    /// Responds with the head and this many bytes of the body, and resets the stream.
    RespondInPart(usize, Reason),
    /// Responds with this status and a body that never ends.
    RespondForever(u16),
    /// Reads the request and sends a GOAWAY with this reason.
    GoAway(Reason),
    /// Responds properly and shuts the connection down gracefully.
    RespondAndGoAway,
    /// Reads the request and closes the socket.
    Fin,
    /// Reads the request and resets the connection.
    ResetConnection,
    /// Reads the request and writes these bytes below TLS.
    WriteBelowTls(&'static [u8]),
    /// Reads the request and does nothing.
    Stall,
}
