use clerk_tests::fault_server::FaultServer;

use super::case::{Case, MAX_AMBIGUOUS_BY_GOAWAY};
use crate::{
    box_error::BoxError,
    load::Load,
    outcome::Kind,
    row::Row,
    scratch::Scratch,
    servers::{Node, Protocol::Http2},
};

pub(super) const CASES: [Case; 2] = [
    Case { name: "node", run: |scratch| run(scratch, None) },
    Case { name: "node-100-requests", run: |scratch| run(scratch, Some(100)) },
];

const LOAD: Load = Load::steady(32, 20);

fn run(scratch: &Scratch, max_requests: Option<usize>) -> Result<Row, BoxError> {
    let upstream = FaultServer::start(&[]);
    let node = Node::start(scratch, upstream.address(), max_requests)?;
    let outcomes = LOAD.run(node.port(), scratch)?;
    let log = node.stop(scratch)?;
    Ok(Row::new(Http2.name(), outcomes, Kind::Created, &upstream.ledger(), log.processed)
        .allow(Kind::Ambiguous, MAX_AMBIGUOUS_BY_GOAWAY)
        .note(format!("connections: {}", log.connections))
        .require(
            (log.connections > 1) == max_requests.is_some(),
            "only a limit must lead to a second connection",
        ))
}
