use std::{fmt, sync::Arc};

use bytes::Bytes;
use clerk_transport_hyper::rustls::ServerConfig;
use h2::Reason;

/// Is what a server does next on a connection. A script is a list of them; after the last, the
/// connection is closed.
#[derive(Clone, Debug)]
pub enum Step {
    /// Takes the server's part in a TLS handshake; all that follows is inside.
    Tls(Arc<ServerConfig>),
    /// Speaks HTTP/2 from here on, and treats the streams as listed; those after them are answered.
    Http2(Vec<Stream>),
    /// Reads this many bytes, and no more.
    ReadSome(usize),
    /// Reads a whole request: it is in the ledger, and what it asks for is done.
    Read,
    /// Reads a whole request, and does nothing of what it asks for.
    ReadInVain,
    /// Writes the proper answer to the request that was read last.
    Answer,
    /// Writes its first bytes, as many as said.
    AnswerCut(usize),
    /// Writes these bytes.
    Write(Bytes),
    /// Writes these bytes below TLS.
    WriteBare(&'static [u8]),
    /// Writes these bytes over and over again.
    Endless(Bytes),
    /// Writes these bytes, each when the test [lets it](super::FaultServer::let_go).
    Drip(Bytes),
    /// Waits until the test lets it go on.
    Hold,
    /// Lets others go first, so many times.
    Linger(usize),
    /// Closes in order (over TLS: says so), and takes no notice of what still comes.
    Close,
    /// Closes without a word of TLS, and takes no notice of what still comes.
    Fin,
    /// Resets the connection.
    Reset,
    /// Does nothing until the client ends the connection.
    Stall,
    /// Answers properly until the client ends the connection.
    Serve,
    /// The same, until it has answered a call after which it is to end the connection itself.
    ServeUntil(Until),
}

/// Says, by the name of the call that was answered last, whether and when to close the connection.
#[derive(Clone)]
pub struct Until(Arc<EndingOf>);

type EndingOf = dyn Fn(&str) -> Option<Ending> + Send + Sync;

#[derive(Clone, Copy, Debug)]
pub enum Ending {
    Now,
    /// When the next request comes: too late for the client to know.
    AtNextByte,
}

impl Until {
    pub fn new(ending: impl Fn(&str) -> Option<Ending> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ending))
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

pub type Script = Vec<Step>;

/// Is what a server does with an HTTP/2 stream.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    Answer,
    /// Answers when the test [lets it](super::FaultServer::let_go).
    Hold,
    /// Answers with this status and this body, and shows the secret key that it was sent in
    /// headers.
    Echo(u16, &'static str),
    /// Resets it unread.
    Refuse(Reason),
    /// Reads the request and resets it.
    Reset(Reason),
    /// Answers with the head and so many bytes of the body, and resets it.
    Cut(usize, Reason),
    /// Answers with this status and a body without end.
    Endless(u16),
    /// Reads the request and says goodbye for this reason.
    GoAway(Reason),
    /// Answers, and says goodbye in order.
    AnswerAndGoAway,
    /// Reads the request and closes the connection.
    Fin,
    /// Reads the request and resets the connection.
    ResetConnection,
    /// Reads the request and writes these bytes below TLS.
    WriteBare(&'static [u8]),
    /// Reads the request and does nothing.
    Stall,
}

impl Step {
    /// Writes this text.
    pub fn write(text: &str) -> Self {
        Self::Write(Bytes::copy_from_slice(text.as_bytes()))
    }
}
