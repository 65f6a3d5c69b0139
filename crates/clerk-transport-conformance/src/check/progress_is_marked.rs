use clerk_core::{SendProgress, Sent};

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::RefusingAddress;

/// Checks the first of the two marks. That a request is marked as written in time is part of
/// `SentNoOnlyIfCertain`.
pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let refusing = RefusingAddress::new()?;
    let request = create(refusing.address(), "/v1");
    let progress = SendProgress::of(&request);
    let _result = bench.send(&*bench.transport(), request).await?;
    ensure(progress.sent() == Sent::No, || {
        "the connection was refused, and the request was not marked as not written".to_owned()
    })
}
