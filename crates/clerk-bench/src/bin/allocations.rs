//! Counts the heap allocations of one driver and prints them as JSON.
//!
//! Only this program has the counting allocator, so that it slows down no other measurement.

use std::{
    env,
    io::{self, Write as _},
};

use allocation_counter::measure;
use clerk_bench::{AllocationReport, BoxError, Driver, Job, PerCall, Target, drivers::dispatch};

const USAGE: &str = "usage: allocations DRIVER URL [CERTIFICATE]";

/// Enough calls to average out rare allocations, such as a table that grows.
const CALLS: u32 = 1000;

/// Enough calls to open the connection and to allocate whatever is allocated only once.
const WARM_UP_CALLS: u32 = 10;

fn main() -> Result<(), BoxError> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [driver, target @ ..] = args.as_slice() else { return Err(USAGE.into()) };
    let target = Target::from_args(target)?;
    let report = dispatch(driver, CountAllocations { target })?;
    Ok(writeln!(io::stdout(), "{}", serde_json::to_string(&report)?)?)
}

struct CountAllocations {
    target: Target,
}

impl Job for CountAllocations {
    type Output = AllocationReport;

    fn run<D: Driver>(self) -> Result<AllocationReport, BoxError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let driver = runtime.block_on(async { D::new(&self.target) })?;
        runtime.block_on(call_repeatedly(&driver, WARM_UP_CALLS, true))?;
        let count = |revoke| {
            let mut result = Ok(());
            let counted =
                measure(|| result = runtime.block_on(call_repeatedly(&driver, CALLS, revoke)));
            result.map(|()| PerCall {
                count: per_call(counted.count_total),
                bytes: per_call(counted.bytes_total),
            })
        };
        Ok(AllocationReport { create: count(false)?, create_and_revoke: count(true)? })
    }
}

async fn call_repeatedly<D: Driver>(driver: &D, calls: u32, revoke: bool) -> Result<(), BoxError> {
    for _ in 0..calls {
        let token = driver.create().await?;
        if revoke {
            driver.revoke(&token).await?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "totals are far below 2^52")]
fn per_call(total: u64) -> f64 {
    total as f64 / f64::from(CALLS)
}
