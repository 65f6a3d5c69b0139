use std::time::Instant;

use clerk_bench::{BoxError, Driver, Job, Target, drivers::dispatch};
use tokio::task::JoinSet;

use super::{report::Report, stopwatch::Stopwatch, threads::Threads};

const USAGE: &str = "usage: clerk-bench burst DRIVER COUNT URL [CERTIFICATE]";

/// Starts the first calls of the process all at once, and prints the report.
pub fn burst(args: &[String]) -> Result<(), BoxError> {
    let [driver, count, target @ ..] = args else { return Err(USAGE.into()) };
    let job = Burst { count: count.parse()?, target: Target::from_args(target)? };
    dispatch(driver, job)?.print()
}

struct Burst {
    count: usize,
    target: Target,
}

impl Job for Burst {
    type Output = Report;

    fn run<D: Driver>(self) -> Result<Report, BoxError> {
        Threads::PerCore.runtime()?.block_on(async {
            let driver = D::new(&self.target)?;
            let stopwatch = Stopwatch::start();
            let mut calls = JoinSet::new();
            for _ in 0..self.count {
                let driver = driver.clone();
                calls.spawn(async move {
                    let start = Instant::now();
                    driver.create().await?;
                    Ok(vec![start.elapsed()])
                });
            }
            stopwatch.join(calls).await
        })
    }
}
