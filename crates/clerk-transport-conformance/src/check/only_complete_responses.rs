use super::{
    bench::Bench,
    failing_responses::FailingResponse,
    observation::{Observation, ensure},
};

pub(super) async fn check(bench: &Bench) -> Result<(), Observation> {
    for failing in FailingResponse::ALL {
        let (result, ledger) = failing.provoke(bench).await?;
        ensure(result.is_err(), || {
            format!("after {}, the call returned {result:?}; {ledger}", failing.description())
        })?;
    }
    Ok(())
}
