use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clerk_core::{HttpResponse, SendProgress, Sent, TransportError};

use super::{
    bench::Bench,
    failing_responses::FailingResponse,
    observation::{Observation, ensure},
    request::{create, post},
};
use crate::server::{Response, Step};

/// More than the kernel buffers on both sides of a connection.
const LARGE: usize = 16 * 1024 * 1024;

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for failing in FailingResponse::ALL {
        let (result, _) = failing.provoke(bench).await?;
        is_in_doubt(&result, failing.description())?;
    }
    // While the request is still being written.
    let server = bench.server(|_| vec![Step::Reset])?;
    let request = post(server.address(), "/v1", vec![b'x'; LARGE]);
    let result = bench.send(&*bench.transport(), request).await?;
    is_in_doubt(&result, "a connection that was reset in the middle of the request")?;
    on_a_closed_connection(bench).await?;
    the_progress_does_not_say_otherwise(bench).await
}

fn is_in_doubt(
    result: &Result<HttpResponse, TransportError>,
    after: &str,
) -> Result<(), Observation> {
    let is_certain = result.as_ref().is_err_and(|error| error.sent() == Sent::No);
    ensure(!is_certain, || {
        format!(
            "after {after}, the call claimed `Sent::No` for a request that had arrived: {result:?}"
        )
    })
}

/// Closes an idle connection, and checks what is said of a request that is sent there nevertheless.
async fn on_a_closed_connection(bench: &Bench) -> Result<(), Observation> {
    let server = bench
        .server(|_| vec![Step::ReadBody, Step::WriteResponse(Response::new(200)), Step::Close])?;
    let transport = bench.transport();
    let _first = bench.send(&*transport, create(server.address(), "/first")).await?;
    if !server.ledger().requests.is_empty() {
        server.until(|ledger| ledger.closes > 0).await;
    }
    let result = bench.send(&*transport, create(server.address(), "/second")).await?;
    match server.stop().count("/second") {
        0 => Ok(()),
        _ => is_in_doubt(&result, "a connection that was closed while idle"),
    }
}

/// Looks at the progress when the server has read the request.
async fn the_progress_does_not_say_otherwise(bench: &Bench) -> Result<(), Observation> {
    let (progress, sample) = (Arc::<OnceLock<SendProgress>>::default(), Arc::new(Mutex::new(None)));
    let (observed, recorded) = (Arc::clone(&progress), Arc::clone(&sample));
    let look: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        *recorded.lock().unwrap_or_else(PoisonError::into_inner) =
            observed.get().map(SendProgress::sent);
    });
    let server = bench.server(move |_| {
        let response = Step::WriteResponse(Response::new(200));
        vec![Step::ReadBody, Step::Call(Arc::clone(&look)), response]
    })?;
    let request = create(server.address(), "/v1");
    let progress = progress.get_or_init(|| SendProgress::of(&request));
    let _result = bench.send(&*bench.transport(), request).await?;
    let sampled = *sample.lock().unwrap_or_else(PoisonError::into_inner);
    ensure(sampled.is_some(), || "the request did not arrive".to_owned())?;
    ensure(sampled == Some(Sent::Maybe) && progress.sent() == Sent::Maybe, || {
        "a request was still marked as not written when the server had read it".to_owned()
    })
}
