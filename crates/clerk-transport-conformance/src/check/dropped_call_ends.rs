use clerk_core::HttpTransport;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::{
    server::{Framing, Head, Response, Server, Step},
    wait::{First, race},
};

const DROPPED: &str = "/dropped";

/// How much has arrived of the response when a call is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Nothing,
    PartOfTheBody,
}

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    before_it_is_polled(bench).await?;
    for stage in [Stage::Nothing, Stage::PartOfTheBody] {
        while_it_waits(bench, stage).await?;
    }
    Ok(())
}

async fn before_it_is_polled(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(respond)?;
    let transport = bench.transport();
    // Of the transport itself, for that of its box does nothing before it is polled.
    drop((*transport).send(create(server.address(), DROPPED)));
    expect_own_response(bench, &*transport, &server).await?;
    let ledger = server.stop();
    ensure(ledger.count(DROPPED) == 0, || {
        format!("a call was dropped before it was polled, and {ledger}")
    })
}

async fn while_it_waits(bench: &Bench, stage: Stage) -> Result<(), Observation> {
    let server = bench.server(move |head| match head.target.as_str() {
        DROPPED => {
            let response = Response::new(200).body(DROPPED).framing(Framing::Length);
            let (mut first, mut rest) = (Vec::new(), response.bytes(head));
            if stage == Stage::PartOfTheBody {
                let last = rest.split_off(rest.len() - 1);
                first = std::mem::replace(&mut rest, last);
            }
            vec![Step::ReadBody, Step::Write(first), Step::AwaitClose, Step::Write(rest)]
        }
        _ => respond(head),
    })?;
    let transport = bench.transport();
    let is_part_written = stage == Stage::Nothing;
    let has_begun = server
        .until(move |ledger| ledger.count(DROPPED) == 1 && (is_part_written || ledger.written > 0));
    // The call is dropped when the server has begun.
    match race(transport.send(create(server.address(), DROPPED)), has_begun).await {
        First::Left(_) if server.ledger().expired > 0 => {
            Err(Observation::new("a call could not be dropped, because it blocked its thread"))
        }
        First::Left(result) => Err(Observation::new(format!(
            "a call ended before the response was complete: {result:?}"
        ))),
        First::Right(false) => Err(Observation::new("the request did not arrive")),
        First::Right(true) => {
            let is_closed = server.until(|ledger| ledger.closed + ledger.expired > 0).await;
            ensure(is_closed && server.ledger().expired == 0, || {
                "a call was dropped, and its connection stayed open".to_owned()
            })?;
            expect_own_response(bench, &*transport, &server).await?;
            let ledger = server.stop();
            ensure(ledger.count(DROPPED) == 1, || {
                format!("a call was dropped after it had been sent, and {ledger}")
            })
        }
    }
}

/// Responds with the target of the request.
fn respond(head: &Head) -> Vec<Step> {
    let response = Response::new(200).body(head.target.clone());
    Step::respond(response)
}

/// Checks that further calls receive their own responses.
async fn expect_own_response(
    bench: &Bench,
    transport: &dyn HttpTransport,
    server: &Server,
) -> Result<(), Observation> {
    for target in ["/next", "/after"] {
        let result = bench.send(transport, create(server.address(), target)).await?;
        let body = result.as_ref().map(|response| response.body().as_ref());
        ensure(body.is_ok_and(|body| body == target.as_bytes()), || {
            let body = body.map(String::from_utf8_lossy);
            format!("after a call was dropped, the response to {target} was {body:?}")
        })?;
    }
    Ok(())
}
