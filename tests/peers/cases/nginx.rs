use std::time::Duration;

use clerk_tests::fault_server::FaultServer;

use super::case::{Case, MAX_AMBIGUOUS_BY_GOAWAY};
use crate::{
    box_error::BoxError,
    load::Load,
    outcome::Kind,
    row::Row,
    scratch::Scratch,
    servers::{
        Nginx,
        Protocol::{self, Http1, Http2},
    },
};

pub(super) const CASES: [Case; 6] = [
    Case { name: "nginx-http1", run: |scratch| run(scratch, Http1, "", &ONE_CONNECTION) },
    Case { name: "nginx-http1-3-requests", run: |scratch| run(scratch, Http1, SHORT, &STEADY) },
    Case { name: "nginx-http1-idle", run: |scratch| run(scratch, Http1, IDLE, &PAUSING) },
    Case { name: "nginx-http2", run: |scratch| run(scratch, Http2, "", &MANY) },
    Case { name: "nginx-http2-3-requests", run: |scratch| run(scratch, Http2, SHORT, &STEADY) },
    Case { name: "nginx-http2-idle", run: |scratch| run(scratch, Http2, IDLE, &PAUSING) },
];

// The settings. By default, a connection ends after 1,000 requests, or 75 idle seconds.
const SHORT: &str = "keepalive_requests 3;";
const IDLE: &str = "keepalive_timeout 1s;";

// The loads. Those for the defaults are more than a connection may carry.
const ONE_CONNECTION: Load = Load::steady(1, 1_200);
const MANY: Load = Load::steady(64, 40);
const STEADY: Load = Load::steady(16, 20);
/// Uses connections just when they have been idle for a second.
const PAUSING: Load = Load { rounds: 20, at_once: 16, in_a_row: 1, pause: Duration::from_secs(1) };

/// How many of the pausing creates may be ambiguous over HTTP/1.1: one in five, as with any server
/// that closes idle connections before the client does.
const MAX_AMBIGUOUS_BY_CLOSE: usize = 64;

/// How many creates may fail over HTTP/2 where a connection takes three: sixteen calls compete for
/// these, and one that is refused by a GOAWAY in all of its attempts was certainly not processed.
const MAX_REFUSED: usize = 16;

fn run(
    scratch: &Scratch,
    protocol: Protocol,
    settings: &str,
    load: &Load,
) -> Result<Row, BoxError> {
    let upstream = FaultServer::start(&[]);
    let nginx = Nginx::start(scratch, settings, upstream.address())?;
    let outcomes = load.run(nginx.port(protocol), scratch)?;
    let log = nginx.stop(scratch)?;
    let max_ambiguous = match protocol {
        Http1 if load.pause.is_zero() => 0,
        Http1 => MAX_AMBIGUOUS_BY_CLOSE,
        Http2 => MAX_AMBIGUOUS_BY_GOAWAY,
    };
    let max_refused = match protocol {
        Http2 if settings == SHORT => MAX_REFUSED,
        _ => 0,
    };
    Ok(Row::new(protocol.name(), outcomes, Kind::Created, &upstream.ledger(), log.processed)
        .allow(Kind::Ambiguous, max_ambiguous)
        .allow(Kind::Failed, max_refused)
        .note(format!("connections: {}", log.connections))
        .require(log.connections > 1, "a second connection is needed"))
}
