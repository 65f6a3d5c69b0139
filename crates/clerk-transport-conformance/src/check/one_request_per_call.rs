use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Head, Response, Server, Step};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    whatever_the_status(bench).await?;
    without_a_response(bench).await?;
    // The second request may be sent on the connection of the first one.
    let second_is_lost =
        |head: &Head| if head.target == "/second" { lost() } else { responded(200) };
    on_a_used_connection(bench, bench.server(second_is_lost)?, "closed instead of a response")
        .await?;
    let closes_when_idle = |head: &Head| {
        let end = if head.target == "/first" { Some(Step::Close) } else { None };
        responded(200).into_iter().chain(end).collect()
    };
    on_a_used_connection(bench, bench.server(closes_when_idle)?, "closed while idle").await
}

fn responded(status: u16) -> Vec<Step> {
    // An invitation to send the request again.
    let response = Response::new(status).header("retry-after", "0");
    Step::respond(response)
}

fn lost() -> Vec<Step> {
    vec![Step::ReadBody, Step::Close]
}

/// Returns the status that the target of a request names.
fn status_of(request: &Head) -> u16 {
    request.target.trim_start_matches('/').parse().unwrap_or(500)
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

async fn without_a_response(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|_| lost())?;
    let _result = bench.send(&*bench.transport(), create(server.address(), "/lost")).await?;
    let ledger = server.stop();
    ensure(ledger.count("/lost") <= 1, || {
        format!("the server closed the connection instead of a response, and {ledger}")
    })
}

async fn on_a_used_connection(
    bench: &Bench,
    server: Server,
    what: &str,
) -> Result<(), Observation> {
    let transport = bench.transport();
    for target in ["/first", "/second"] {
        let _result = bench.send(&*transport, create(server.address(), target)).await?;
    }
    let ledger = server.stop();
    ensure(ledger.count("/second") <= 1, || {
        format!("a connection that had been used before was {what}, and {ledger}")
    })
}
