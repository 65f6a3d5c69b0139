use std::net::{Ipv4Addr, SocketAddr};

use clerk_tests::fault_server::{FaultServer, Step};

use super::case::{Case, MAX_AMBIGUOUS_BY_GOAWAY};
use crate::{
    box_error::BoxError,
    load::Load,
    outcome::Kind,
    row::Row,
    scratch::Scratch,
    servers::{
        Haproxy, Nginx,
        Protocol::{Http1, Http2},
    },
};

pub(super) const CASES: [Case; 3] = [
    Case { name: "haproxy-fleet", run: |scratch| fleet(scratch, "keepalive_requests 20;", None) },
    Case {
        name: "haproxy-fleet-silent-node",
        run: |scratch| fleet(scratch, "", Some(&silent_node())),
    },
    Case { name: "haproxy-gateway-silent-node", run: gateway },
];

const LOAD: Load = Load::steady(16, 20);

/// Starts a node that accepts connections and never writes a byte.
fn silent_node() -> FaultServer {
    FaultServer::start_with(&[], vec![Step::Stall])
}

/// Runs haproxy in front of nodes that speak different protocols over TLS, one of them silent.
fn fleet(scratch: &Scratch, settings: &str, silent: Option<&FaultServer>) -> Result<Row, BoxError> {
    let upstream = FaultServer::start(&[]);
    let nginx = Nginx::start(scratch, settings, upstream.address())?;
    let [http1, http2] = [Http1, Http2]
        .map(|protocol| SocketAddr::from((Ipv4Addr::LOCALHOST, nginx.port(protocol))));
    let mut nodes =
        vec![("http1-a", http1), ("http1-b", http1), ("http2-a", http2), ("http2-b", http2)];
    // It gets the client's first connection: the one before only tries the port.
    nodes.splice(1..1, silent.map(|silent| ("silent", silent.address())));
    let haproxy = Haproxy::tcp(scratch, &nodes)?;
    let outcomes = LOAD.run(haproxy.port(), scratch)?;
    let connections = haproxy.stop(scratch)?;
    let log = nginx.stop(scratch)?;
    let note: Vec<_> = connections.iter().map(|(node, count)| format!("{node}: {count}")).collect();
    let row = Row::new("both", outcomes, Kind::Created, &upstream.ledger(), log.processed)
        .allow(Kind::Ambiguous, MAX_AMBIGUOUS_BY_GOAWAY)
        .note(note.join(", "));
    Ok(match silent {
        Some(_) => {
            row.require(connections.contains_key("silent"), "the silent node must get a connection")
        }
        None => row.require(connections.len() == nodes.len(), "every node must get a connection"),
    })
}

/// Runs haproxy as a gateway that responds with 504 in place of a silent node.
fn gateway(scratch: &Scratch) -> Result<Row, BoxError> {
    let (upstream, silent) = (FaultServer::start(&[]), silent_node());
    let nodes = [("upstream", upstream.address()), ("silent", silent.address())];
    let haproxy = Haproxy::http2(scratch, &nodes)?;
    let outcomes = LOAD.run(haproxy.port(), scratch)?;
    let responses = haproxy.stop(scratch)?;
    let count = |response: &str| responses.get(response).copied().unwrap_or_default();
    let (processed, unknown) = (count("upstream 200"), count("silent 504"));
    Ok(Row::new(Http2.name(), outcomes, Kind::Created, &upstream.ledger(), processed)
        .allow(Kind::Ambiguous, unknown)
        .note(format!("status 504: {unknown}"))
        .require(unknown > 0, "the silent node must get a request"))
}
