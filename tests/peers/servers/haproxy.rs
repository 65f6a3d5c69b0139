use std::{collections::BTreeMap, net::SocketAddr};

use super::{ports::free_ports, server_process::ServerProcess};
use crate::{box_error::BoxError, scratch::Scratch};

/// An haproxy in front of several nodes, each of which gets its turn.
pub(crate) struct Haproxy {
    process: ServerProcess,
    port: u16,
}

impl Haproxy {
    /// Starts an haproxy that passes on connections, so that a node speaks TLS with the client. It
    /// logs the node of each connection that carries data.
    pub(crate) fn tcp(scratch: &Scratch, nodes: &[(&str, SocketAddr)]) -> Result<Self, BoxError> {
        Self::start(scratch, "", "mode tcp\noption dontlognull\nlog-format 'node %s'", nodes)
    }

    /// Starts an haproxy that speaks HTTP/2 with the client, passes on requests, and waits half a
    /// second for a node. It logs the node and the status of each request.
    pub(crate) fn http2(scratch: &Scratch, nodes: &[(&str, SocketAddr)]) -> Result<Self, BoxError> {
        let tls = format!("ssl crt {} alpn h2", scratch.identity().display());
        let settings = "mode http\nlog-format 'node %s %ST'\ntimeout server 500ms";
        Self::start(scratch, &tls, settings, nodes)
    }

    fn start(
        scratch: &Scratch,
        bind: &str,
        settings: &str,
        nodes: &[(&str, SocketAddr)],
    ) -> Result<Self, BoxError> {
        let [port] = free_ports()?;
        let servers: Vec<_> =
            nodes.iter().map(|(name, address)| format!("server {name} {address}")).collect();
        let configuration = format!(
            "global
                hard-stop-after 5s
                log stdout format raw local0 info
            defaults
                log global
                timeout connect 5s
                timeout client 30s
                timeout server 30s
            listen fleet
                bind 127.0.0.1:{port} {bind}
                {settings}
                {servers}\n",
            servers = servers.join("\n"),
        );
        let configuration = scratch.write("haproxy.cfg", &configuration)?;
        let args = ["-db".as_ref(), "-f".as_ref(), configuration.as_path()];
        Ok(Self { process: ServerProcess::start(scratch, "haproxy", args, &[port], "USR1")?, port })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Stops haproxy and returns how often it logged each node, with the status if there is one.
    pub(crate) fn stop(self, scratch: &Scratch) -> Result<BTreeMap<String, usize>, BoxError> {
        self.process.stop()?;
        let mut counts = BTreeMap::new();
        for line in scratch.lines("haproxy.log")? {
            if let Some(node) = line.strip_prefix("node ") {
                *counts.entry(node.to_owned()).or_default() += 1;
            }
        }
        Ok(counts)
    }
}
