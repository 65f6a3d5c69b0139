use clerk_core::{HttpResponse, TransportError};

use super::{
    bench::Bench,
    observation::Observation,
    request::{CANARY, create},
};
use crate::server::{Framing, Head, Ledger, Response, Step};

/// A response that is not complete, or not HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailingResponse {
    /// The connection closes before a response.
    Nothing,
    CutHead,
    CutBody,
    CutChunks,
    NotHttp,
    NoStatus,
    NoHeader,
}

/// The status of a failing response whose head is complete.
pub(super) const STATUS: u16 = 502;
/// A header of a failing response whose head is complete.
pub(super) const HEADER: (&str, &str) = ("x-id", "7");

impl FailingResponse {
    pub(super) const ALL: [Self; 7] = [
        Self::Nothing,
        Self::CutHead,
        Self::CutBody,
        Self::CutChunks,
        Self::NotHttp,
        Self::NoStatus,
        Self::NoHeader,
    ];

    /// Returns `true` if the head of the response arrives.
    pub(super) fn has_head(self) -> bool {
        matches!(self, Self::CutBody | Self::CutChunks)
    }

    /// Returns the description of the response for a report.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Nothing => "a connection that was closed without a response",
            Self::CutHead => "a response that was cut off in its head",
            Self::CutBody => "a body that was shorter than its content-length",
            Self::CutChunks => "a body without its last chunk",
            Self::NotHttp => "a response that is not HTTP",
            Self::NoStatus => "a response without a status",
            Self::NoHeader => "a response with a malformed header",
        }
    }

    /// Sends a request to a server that responds in this way, and returns the result and what the
    /// server saw.
    pub(super) async fn provoke(
        self,
        bench: &Bench,
    ) -> Result<(Result<HttpResponse, TransportError>, Ledger), Observation> {
        let server = bench
            .server(move |head| vec![Step::ReadBody, Step::Write(self.bytes(head)), Step::Close])?;
        let request = create(server.address(), "/v1/actor_tokens");
        let result = bench.send(&*bench.transport(), request).await?;
        Ok((result, server.stop()))
    }

    fn bytes(self, request: &Head) -> Vec<u8> {
        let response = Response::new(STATUS)
            .header(HEADER.0, HEADER.1)
            .header("set-cookie", CANARY)
            .body(CANARY);
        match self {
            Self::Nothing => Vec::new(),
            Self::CutHead => format!("HTTP/1.1 502 Any\r\nset-cookie: {CANARY}\r\nx").into_bytes(),
            Self::CutBody => response.cut(request),
            Self::CutChunks => response.framing(Framing::Chunks).cut(request),
            Self::NotHttp => format!("SSH-2.0-{CANARY}\r\n\r\n").into_bytes(),
            Self::NoStatus => format!("HTTP/1.1 {CANARY} OK\r\n\r\n").into_bytes(),
            Self::NoHeader => format!("HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n").into_bytes(),
        }
    }
}
