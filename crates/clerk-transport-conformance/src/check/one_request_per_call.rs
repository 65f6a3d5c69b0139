use super::{
    bench::Bench,
    failing_responses::FailingResponse,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Head, Response, Step};

const FIRST: &str = "/first";
const SECOND: &str = "/second";

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    whatever_the_status(bench).await?;
    without_a_complete_response(bench).await?;
    on_a_used_connection(bench).await?;
    on_a_closed_connection(bench).await
}

fn responded(status: u16) -> Vec<Step> {
    // An invitation to send the request again.
    let response = Response::new(status).header("retry-after", "0");
    Step::respond(response)
}

/// Returns the status that the target of a request names.
fn status_of(request: &Head) -> u16 {
    request.path().trim_start_matches('/').parse().unwrap_or(500)
}

async fn whatever_the_status(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|head| responded(status_of(head)))?;
    let transport = bench.transport();
    for status in 200..=599 {
        // Whether the result fits the status is a requirement of its own.
        let _result =
            bench.send(&*transport, create(server.address(), &format!("/{status}"))).await?;
    }
    let ledger = server.stop();
    for status in 200..=599 {
        let count = ledger.count(&format!("/{status}"));
        ensure(count <= 1, || {
            format!("one call, to which the server responded with {status}, was {count} requests")
        })?;
    }
    Ok(())
}

async fn without_a_complete_response(bench: &Bench) -> Result<(), Observation> {
    for failing in FailingResponse::ALL {
        let (_result, ledger) = failing.provoke(bench).await?;
        ensure(ledger.requests.len() <= 1, || {
            format!("after {}, {ledger}", failing.description())
        })?;
    }
    Ok(())
}

/// Closes the connection when it has the second request, which may be on that of the first one.
async fn on_a_used_connection(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|head| match head.path() {
        FIRST => responded(200),
        _ => vec![Step::ReadBody, Step::Close],
    })?;
    let transport = bench.transport();
    let _first = bench.send(&*transport, create(server.address(), FIRST)).await?;
    let _second = bench.send(&*transport, create(server.address(), SECOND)).await?;
    let ledger = server.stop();
    ensure(ledger.count(SECOND) <= 1, || {
        format!("a used connection was closed without a second response, and {ledger}")
    })
}

/// Closes the connection after the first request.
async fn on_a_closed_connection(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|head| {
        let end = (head.path() == FIRST).then_some(Step::Close);
        responded(200).into_iter().chain(end).collect()
    })?;
    let transport = bench.transport();
    let _first = bench.send(&*transport, create(server.address(), FIRST)).await?;
    if !server.ledger().requests.is_empty() {
        server.until(|ledger| ledger.closes > 0).await;
    }
    let _second = bench.send(&*transport, create(server.address(), SECOND)).await?;
    let ledger = server.stop();
    ensure(ledger.count(SECOND) <= 1, || {
        format!("a connection was closed while it was idle, and {ledger}")
    })
}
