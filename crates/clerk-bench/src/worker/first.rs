use clerk_bench::{BoxError, Driver, Job, Target, drivers::dispatch};

use super::{report::Report, stopwatch::Stopwatch, threads::Threads};

const USAGE: &str = "usage: clerk-bench first DRIVER URL [CERTIFICATE]";

/// Creates a client and makes its first call, and prints the report of both together.
pub fn first(args: &[String]) -> Result<(), BoxError> {
    let [driver, target @ ..] = args else { return Err(USAGE.into()) };
    dispatch(driver, First { target: Target::from_args(target)? })?.print()
}

struct First {
    target: Target,
}

impl Job for First {
    type Output = Report;

    fn run<D: Driver>(self) -> Result<Report, BoxError> {
        Threads::One.runtime()?.block_on(async {
            let stopwatch = Stopwatch::start();
            D::new(&self.target)?.create().await?;
            stopwatch.stop()
        })
    }
}
