use std::net::SocketAddr;

use super::{ports::free_ports, request_log::RequestLog, server_process::ServerProcess};
use crate::{box_error::BoxError, scratch::Scratch};

/// The HTTP/2 server of Node.js, which passes requests on to an upstream.
pub(crate) struct Node {
    process: ServerProcess,
    port: u16,
}

impl Node {
    /// Starts a server that closes each connection gracefully after this many requests, if any.
    pub(crate) fn start(
        scratch: &Scratch,
        upstream: SocketAddr,
        max_requests: Option<usize>,
    ) -> Result<Self, BoxError> {
        let [port] = free_ports()?;
        let mut args = vec![
            concat!(env!("CARGO_MANIFEST_DIR"), "/peers/servers/node.mjs").to_owned(),
            port.to_string(),
            upstream.port().to_string(),
            scratch.identity().display().to_string(),
        ];
        args.extend(max_requests.map(|max| max.to_string()));
        Ok(Self { process: ServerProcess::start(scratch, "node", args, &[port], "TERM")?, port })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server and reads its log.
    pub(crate) fn stop(self, scratch: &Scratch) -> Result<RequestLog, BoxError> {
        self.process.stop()?;
        Ok(RequestLog::parse(&scratch.lines("node.log")?))
    }
}
