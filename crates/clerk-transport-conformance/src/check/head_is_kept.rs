use clerk_core::{TransportError, http::HeaderMap};

use super::{
    bench::Bench,
    failing_responses::{FailingResponse, HEADER, STATUS},
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Response, Step};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for failing in FailingResponse::ALL.into_iter().filter(|failing| failing.has_head()) {
        if let (Err(error), _) = failing.provoke(bench).await? {
            has_head(&error, failing.description())?;
        }
    }
    let size = bench.max_response_bytes.saturating_add(1);
    let server = bench.server(move |_| {
        let response = Response::new(STATUS).header(HEADER.0, HEADER.1).body(vec![b'x'; size]);
        Step::respond(response)
    })?;
    match bench.send(&*bench.transport(), create(server.address(), "/v1")).await? {
        Err(error) => has_head(&error, "a response that is too large"),
        Ok(_) => Ok(()),
    }
}

fn has_head(error: &TransportError, after: &str) -> Result<(), Observation> {
    let (status, headers) = (error.status().map(|status| status.as_u16()), error.headers());
    let value = headers.and_then(|headers| headers.get(HEADER.0));
    let is_kept = status == Some(STATUS) && value.is_some_and(|value| value == HEADER.1);
    ensure(is_kept, || {
        let (name, value) = HEADER;
        format!(
            "after {after}, whose head had arrived ({STATUS}, `{name}: {value}`), the error \
             contained the status {status:?} and {} headers",
            headers.map_or(0, HeaderMap::len),
        )
    })
}
