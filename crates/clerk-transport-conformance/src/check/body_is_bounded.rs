use clerk_core::{HttpResponse, TransportError, TransportErrorKind};

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Framing, Response, Step};

/// How much more than the limit a transport may have to read before it notices.
const SURPLUS: usize = 128 * 1024;
/// More than the kernel buffers on both sides of a connection.
const KERNEL_BUFFERS: usize = 16 * 1024 * 1024;

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let limit = bench.max_response_bytes;
    for framing in [Framing::Length, Framing::Chunks, Framing::Close] {
        let result = respond(bench, limit, framing).await?;
        let found = result.map(|response| response.body().as_ref().len());
        ensure(found.as_ref().is_ok_and(|length| *length == limit), || {
            format!(
                "the body had exactly the limit of {limit} bytes, and the call returned {found:?}"
            )
        })?;
        let result = respond(bench, limit.saturating_add(1), framing).await?;
        is_too_large(&result, "was one byte larger than the limit")?;
    }
    the_rest_is_not_read(bench).await
}

async fn respond(
    bench: &Bench,
    size: usize,
    framing: Framing,
) -> Result<Result<HttpResponse, TransportError>, Observation> {
    let server = bench.server(move |_| {
        let response = Response::new(200).body(vec![b'x'; size]).framing(framing);
        Step::respond(response)
    })?;
    bench.send(&*bench.transport(), create(server.address(), "/v1")).await
}

fn is_too_large(
    result: &Result<HttpResponse, TransportError>,
    body: &str,
) -> Result<(), Observation> {
    let is_too_large =
        result.as_ref().is_err_and(|error| error.kind() == TransportErrorKind::TooLarge);
    ensure(is_too_large, || {
        let returned = result.as_ref().map(HttpResponse::body);
        format!("the body {body}, and the call returned {returned:?}")
    })
}

/// Has the body pause after the limit, and then go on without an end.
async fn the_rest_is_not_read(bench: &Bench) -> Result<(), Observation> {
    let size = bench.max_response_bytes.saturating_add(SURPLUS);
    let server = bench.server(move |_| {
        let response = Response::new(200).body(vec![b'x'; size]).framing(Framing::Close);
        let rest = Step::WriteMany(2 * KERNEL_BUFFERS);
        vec![Step::ReadBody, Step::WriteResponse(response), Step::Hold, rest, Step::Close]
    })?;
    let transport = bench.transport();
    let result = bench.send(&*transport, create(server.address(), "/v1")).await?;
    ensure(server.ledger().expired == 0, || {
        format!("the body paused {SURPLUS} bytes after the limit, and the call waited for the rest")
    })?;
    is_too_large(&result, "paused after the limit")?;
    server.release();
    let is_closed = server.until(|ledger| ledger.ended > 0).await;
    let written = server.ledger().written.saturating_sub(size);
    ensure(is_closed && written <= KERNEL_BUFFERS, || {
        format!("after the call had returned, {written} more bytes of the body were read")
    })
}
