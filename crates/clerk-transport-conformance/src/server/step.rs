use std::sync::Arc;

use super::response::{Framing, Response};

/// What the server does after it has read the head of a request.
#[derive(Clone)]
pub(crate) enum Step {
    /// Reads the body, and records the request.
    ReadBody,
    /// Calls a function.
    Call(Arc<dyn Fn() + Send + Sync>),
    /// Waits until the check [releases it](super::Server::release).
    Hold,
    /// Waits until the client closes the connection, or sends more.
    AwaitClose,
    Write(Vec<u8>),
    /// Writes a response in the version of the request.
    WriteResponse(Response),
    /// Writes this many bytes, in pieces, unless the client closes the connection.
    WriteMany(usize),
    /// Closes the server's side of the connection. A request that still arrives is recorded, and
    /// gets no response.
    Close,
    /// Closes the connection without reading what has arrived, which resets it.
    Reset,
}

impl Step {
    /// Returns the steps of a proper response.
    pub(crate) fn respond(response: Response) -> Vec<Self> {
        let end = (response.framing == Framing::Close).then_some(Self::Close);
        [Self::ReadBody, Self::WriteResponse(response)].into_iter().chain(end).collect()
    }
}
