use clerk_tests::fault_server::FaultServer;

use super::case::Case;
use crate::{
    box_error::BoxError,
    load::Load,
    outcome::Kind,
    row::Row,
    scratch::Scratch,
    servers::{
        Nginx,
        Protocol::{self, Http1},
        Squid,
    },
};

pub(super) const CASES: [Case; 3] = [
    Case { name: "squid", run: |scratch| right(scratch, |squid| squid.http("right")) },
    Case { name: "squid-tls", run: |scratch| right(scratch, |squid| squid.https("right")) },
    Case { name: "squid-wrong-password", run: wrong },
];

const PROTOCOL: Protocol = Http1;
const LOAD: Load = Load::steady(8, 20);
/// One call at a time, because calls that wait for the same connection share its failure.
const ONE_BY_ONE: Load = Load::steady(1, 5);

/// Sends creates through squid. nginx ends connections often, so that there are many tunnels.
fn right(scratch: &Scratch, proxy: fn(&Squid) -> String) -> Result<Row, BoxError> {
    let upstream = FaultServer::start(&[]);
    let nginx = Nginx::start(scratch, "keepalive_requests 3;", upstream.address())?;
    let squid = Squid::start(scratch)?;
    let outcomes = LOAD.run_through(&proxy(&squid), nginx.port(PROTOCOL), scratch)?;
    let statuses = squid.stop(scratch)?;
    let log = nginx.stop(scratch)?;
    let tunnels = statuses.iter().filter(|status| *status == "200").count();
    Ok(Row::new(PROTOCOL.name(), outcomes, Kind::Created, &upstream.ledger(), log.processed)
        .note(format!("tunnels: {tunnels}, connections: {}", log.connections))
        // A tunnel may be opened for a call that meanwhile got another connection.
        .require(tunnels >= log.connections, "every connection must come through a tunnel")
        .require(tunnels == statuses.len(), "squid must refuse no tunnel"))
}

/// Sends creates through squid with a wrong password, which must be tried once for each.
fn wrong(scratch: &Scratch) -> Result<Row, BoxError> {
    let upstream = FaultServer::start(&[]);
    let nginx = Nginx::start(scratch, "", upstream.address())?;
    let squid = Squid::start(scratch)?;
    let outcomes = ONE_BY_ONE.run_through(&squid.http("wrong"), nginx.port(PROTOCOL), scratch)?;
    let statuses = squid.stop(scratch)?;
    let log = nginx.stop(scratch)?;
    let refused = statuses.iter().filter(|status| *status == "407").count();
    let (calls, all) = (outcomes.len(), statuses.len());
    Ok(Row::new(PROTOCOL.name(), outcomes, Kind::Misconfigured, &upstream.ledger(), log.processed)
        .note(format!("status 407: {refused}"))
        .require(refused == all, "squid must open no tunnel")
        .require(refused == calls, "the password must be tried once for each create"))
}
