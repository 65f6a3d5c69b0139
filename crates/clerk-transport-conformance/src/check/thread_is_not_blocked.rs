use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::{
    server::{Response, Step},
    wait::{First, race},
};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let server = bench
        .server(|_| vec![Step::ReadBody, Step::Hold, Step::WriteResponse(Response::new(200))])?;
    let transport = bench.transport();
    let mut call = transport.send(create(server.address(), "/v1"));
    // The server responds when something else has run on this thread.
    match race(&mut call, server.until(|ledger| ledger.requests.len() == 1)).await {
        First::Left(result) => Err(Observation::new(if server.ledger().expired > 0 {
            "nothing else ran on the thread while a call waited for its response".to_owned()
        } else {
            format!("a call ended before the server responded: {result:?}")
        })),
        First::Right(has_arrived) => {
            ensure(has_arrived, || "the request did not arrive".to_owned())?;
            server.release();
            let result = bench.finish(call).await?;
            ensure(result.is_ok(), || format!("a response that came late was an error: {result:?}"))
        }
    }
}
