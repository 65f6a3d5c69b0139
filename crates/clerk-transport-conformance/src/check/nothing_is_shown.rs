use std::{error::Error as _, iter::successors};

use clerk_core::TransportError;

use super::{
    bench::Bench,
    failing_responses::FailingResponse,
    observation::{Observation, ensure},
    request::{CANARY, create},
};
use crate::server::{RefusingAddress, Response, Step};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for failing in FailingResponse::ALL {
        if let (Err(error), _) = failing.provoke(bench).await? {
            shows_nothing(&error, failing.description())?;
        }
    }
    let refusing = RefusingAddress::new()?;
    let request = create(refusing.address(), "/v1");
    if let Err(error) = bench.send(&*bench.transport(), request).await? {
        shows_nothing(&error, "a connection that was refused")?;
    }
    let body = CANARY.repeat(bench.max_response_bytes / CANARY.len() + 1);
    let server = bench.server(move |_| Step::respond(Response::new(200).body(body.clone())))?;
    match bench.send(&*bench.transport(), create(server.address(), "/v1")).await? {
        Err(error) => shows_nothing(&error, "a response that is too large"),
        Ok(_) => Ok(()),
    }
}

fn shows_nothing(error: &TransportError, after: &str) -> Result<(), Observation> {
    let causes = successors(error.source(), |error| (*error).source());
    let causes = causes.map(|error| format!(" {error} {error:?} {error:#?}"));
    let shown = format!("{error} {error:?} {error:#?}") + &causes.collect::<String>();
    ensure(!shown.contains(CANARY), || {
        format!("after {after}, the error or one of its causes showed a header or a body: {shown}")
    })
}
