use clerk_core::HttpTransport;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::{
    server::{Head, Response, Server, Step},
    wait::{First, Wakes, Watched, race, within},
};

const DROPPED: &str = "/dropped";

/// How much has arrived of the response when a call is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Nothing,
    PartOfTheBody,
}

impl Stage {
    fn description(self) -> &'static str {
        match self {
            Self::Nothing => "which waited for its response",
            Self::PartOfTheBody => "of whose response a part had arrived",
        }
    }
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
    let server = bench.server(move |head| match head.path() {
        DROPPED => {
            let mut first = Response::new(200).body(DROPPED).bytes(head);
            let rest = match stage {
                Stage::Nothing => std::mem::take(&mut first),
                Stage::PartOfTheBody => first.split_off(first.len() - 1),
            };
            let first = [Step::ReadBody, Step::Hold, Step::Write(first)];
            first.into_iter().chain([Step::AwaitClose, Step::Write(rest)]).collect()
        }
        _ => respond(head),
    })?;
    let transport = bench.transport();
    let call = Watched::new(transport.send(create(server.address(), DROPPED)));
    let wakes = call.wakes();
    match race(call, has_begun(bench, &server, stage, &wakes)).await {
        First::Left(_) if server.ledger().expired > 0 => {
            Err(Observation::new("a call could not be dropped, because it blocked its thread"))
        }
        First::Left(result) => Err(Observation::new(format!(
            "a call ended before the response was complete: {result:?}"
        ))),
        First::Right(false) => Err(Observation::new("the request did not arrive")),
        First::Right(true) => {
            let is_closed = server.until(|ledger| ledger.ended + ledger.expired > 0).await;
            ensure(is_closed && server.ledger().expired == 0, || {
                format!(
                    "a call was dropped, {}, and its connection stayed open",
                    stage.description()
                )
            })?;
            expect_own_response(bench, &*transport, &server).await?;
            let ledger = server.stop();
            ensure(ledger.count(DROPPED) == 1, || {
                format!("a call was dropped after it had been sent, and {ledger}")
            })
        }
    }
}

/// Waits until the response has got this far.
async fn has_begun(bench: &Bench, server: &Server, stage: Stage, wakes: &Wakes) -> bool {
    if !server.until(|ledger| ledger.count(DROPPED) == 1).await {
        return false;
    }
    wakes.forget();
    server.release();
    match stage {
        Stage::Nothing => true,
        Stage::PartOfTheBody => {
            let has_begun = server.until(|ledger| ledger.written > 0).await;
            // Only the transport knows when it has read what was written. Most wake their call.
            let _woken = within(bench.patience / 4, wakes.woken()).await;
            has_begun
        }
    }
}

/// Responds with the path of the request.
fn respond(head: &Head) -> Vec<Step> {
    let response = Response::new(200).body(head.path().to_owned());
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
