use clerk_core::TransportErrorKind;

use super::{
    bench::Bench,
    failing_responses::FailingResponse,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::RefusingAddress;

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    use TransportErrorKind::{Connect, Incomplete, Io, Other};
    // All of these are retried alike.
    let expected = [Incomplete, Io, Other];
    for failing in FailingResponse::ALL {
        // Whether there is an error is a requirement of its own.
        if let (Err(error), _) = failing.provoke(bench).await? {
            ensure(expected.contains(&error.kind()), || {
                let (found, after) = (error.kind(), failing.description());
                format!("after {after}, the kind was {found:?}, expected one of {expected:?}")
            })?;
        }
    }
    let refusing = RefusingAddress::new()?;
    let request = create(refusing.address(), "/v1");
    let result = bench.send(&*bench.transport(), request).await?;
    let kind = result.err().map(|error| error.kind());
    ensure(kind.is_none_or(|kind| kind == Connect), || {
        format!("the connection was refused, and the kind was {kind:?}, expected Connect")
    })
}
