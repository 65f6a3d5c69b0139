//! Counts what one driver allocates for each call, and prints it as JSON: `allocations DRIVER URL`.
//!
//! The counting allocator sits in this program alone, so that no other figure pays for it.

use std::path::Path;

use allocation_counter::measure;
use clerk_bench::{
    Failure,
    driver::{Driver, Job},
    drivers::dispatch,
    target::Target,
};

/// Enough that what happens once in a while (a table that grows) does not show.
const CALLS: u32 = 1000;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [driver, base_url] = words.as_slice() else { return Err("allocations DRIVER URL".into()) };
    let target = Target::new(base_url, None::<&Path>)?;
    let [create, both] = dispatch(driver, Count { target })?;
    let json = serde_json::json!({
        "create": { "count": create.count, "bytes": create.bytes },
        "create_and_revoke": { "count": both.count, "bytes": both.bytes },
    });
    print(&json)
}

fn print(json: &serde_json::Value) -> Result<(), Failure> {
    Ok(serde_json::to_writer(std::io::stdout().lock(), json)?)
}

struct Count {
    target: Target,
}

struct PerCall {
    count: f64,
    bytes: f64,
}

impl Job for Count {
    type Output = [PerCall; 2];

    fn with<D: Driver>(self) -> Result<[PerCall; 2], Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let driver = runtime.block_on(async { D::new(&self.target) })?;
        // The connection is made, and whatever is made once.
        runtime.block_on(calls(&driver, 10, true))?;
        let count = |revoke| {
            let mut result = Ok(());
            let counted = measure(|| result = runtime.block_on(calls(&driver, CALLS, revoke)));
            result.map(|()| PerCall {
                count: per_call(counted.count_total),
                bytes: per_call(counted.bytes_total),
            })
        };
        Ok([count(false)?, count(true)?])
    }
}

async fn calls<D: Driver>(driver: &D, calls: u32, revoke: bool) -> Result<(), Failure> {
    for _ in 0..calls {
        let token = driver.create().await?;
        if revoke {
            driver.revoke(&token).await?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_call(total: u64) -> f64 {
    total as f64 / f64::from(CALLS)
}
