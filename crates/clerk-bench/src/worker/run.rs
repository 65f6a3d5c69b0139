use clerk_bench::{BoxError, Driver, Job, Target, drivers::dispatch};

use super::{threads::Threads, workload::Workload};

const USAGE: &str = "usage: clerk-bench run DRIVER WORKLOAD COUNT URL [CERTIFICATE]";

/// Repeats a workload sequentially on one thread. Prints nothing, because callgrind does the
/// counting.
pub fn run(args: &[String]) -> Result<(), BoxError> {
    let [driver, workload, count, target @ ..] = args else { return Err(USAGE.into()) };
    let job = Run {
        workload: workload.parse()?,
        count: count.parse()?,
        target: Target::from_args(target)?,
    };
    dispatch(driver, job)
}

struct Run {
    workload: Workload,
    count: usize,
    target: Target,
}

impl Job for Run {
    type Output = ();

    fn run<D: Driver>(self) -> Result<(), BoxError> {
        Threads::One.runtime()?.block_on(async {
            let driver = D::new(&self.target)?;
            for _ in 0..self.count {
                let token = driver.create().await?;
                if self.workload == Workload::CreateAndRevoke {
                    driver.revoke(&token).await?;
                }
            }
            Ok(())
        })
    }
}
