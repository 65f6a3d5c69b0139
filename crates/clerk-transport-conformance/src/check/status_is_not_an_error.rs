use super::{
    bench::Bench,
    observation::{Observation, ensure},
    request::create,
};
use crate::server::{Response, Step};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    let server = bench.server(|head| {
        let status = head.path().trim_start_matches('/').parse().unwrap_or(500);
        Step::respond(Response::new(status))
    })?;
    let transport = bench.transport();
    for status in 200..=599 {
        let request = create(server.address(), &format!("/{status}"));
        let result = bench.send(&*transport, request).await?;
        let found = result.map(|response| response.status().as_u16());
        ensure(found.as_ref().is_ok_and(|found| *found == status), || {
            format!("the server responded with {status}, and the call returned {found:?}")
        })?;
    }
    Ok(())
}
