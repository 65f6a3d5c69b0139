use clerk_core::Sent;

use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::RefusingAddress;

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let refusing = RefusingAddress::new()?;
    let request = create(refusing.address(), "/v1");
    let result = bench.send(&*bench.transport(), request).await?;
    ensure(result.as_ref().is_err_and(|error| error.sent() == Sent::No), || {
        format!("the connection was refused, and the call returned {result:?}")
    })
}
