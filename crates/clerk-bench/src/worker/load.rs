use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use clerk_bench::{BoxError, Driver, Job, Target, drivers::dispatch};
use tokio::{sync::Barrier, task::JoinSet};

use super::{report::Report, stopwatch::Stopwatch, threads::Threads};

const USAGE: &str =
    "usage: clerk-bench load DRIVER THREADS CONCURRENCY MILLISECONDS URL [CERTIFICATE]";

/// Keeps a number of calls in flight for some time, and prints the report.
pub fn load(args: &[String]) -> Result<(), BoxError> {
    let [driver, threads, concurrency, milliseconds, target @ ..] = args else {
        return Err(USAGE.into());
    };
    let job = Load {
        threads: threads.parse()?,
        concurrency: concurrency.parse()?,
        duration: Duration::from_millis(milliseconds.parse()?),
        target: Target::from_args(target)?,
    };
    dispatch(driver, job)?.print()
}

struct Load {
    threads: Threads,
    concurrency: usize,
    duration: Duration,
    target: Target,
}

impl Job for Load {
    type Output = Report;

    fn run<D: Driver>(self) -> Result<Report, BoxError> {
        self.threads.runtime()?.block_on(async {
            let driver = D::new(&self.target)?;
            // No clock starts before every loop has opened its connection.
            let barrier = Arc::new(Barrier::new(self.concurrency + 1));
            let mut loops = JoinSet::new();
            for _ in 0..self.concurrency {
                loops.spawn(call_repeatedly(driver.clone(), Arc::clone(&barrier), self.duration));
            }
            barrier.wait().await;
            Stopwatch::start().join(loops).await
        })
    }
}

/// Opens a connection, waits for the other loops, and returns the time of each call from then on.
async fn call_repeatedly<D: Driver>(
    driver: D,
    barrier: Arc<Barrier>,
    duration: Duration,
) -> Result<Vec<Duration>, BoxError> {
    driver.create().await?;
    barrier.wait().await;
    let start = Instant::now();
    let mut times = Vec::new();
    let mut last = Duration::ZERO;
    while last < duration {
        driver.create().await?;
        let now = start.elapsed();
        times.push(now.saturating_sub(last));
        last = now;
    }
    Ok(times)
}
