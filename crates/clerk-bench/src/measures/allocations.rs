use std::{
    process::{Command, Stdio},
    time::Duration,
};

use clerk_bench::{
    AllocationReport, BoxError,
    drivers::{ALL, label},
};

use crate::{
    server::{Protocol, ServerProcess},
    table::Table,
};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// Counts heap allocations, with the program that has the counting allocator.
pub fn measure() -> Result<Table, BoxError> {
    let mut table = Table::new(
        "Heap allocations per call",
        "By a counting allocator; one thread, warm connection. A block counts again when it grows. \
         With the in-memory transport, two blocks per call are the headers of its response.",
        &["create", "bytes", "create + revoke", "bytes"],
    );
    let server = ServerProcess::start(Protocol::Http1, Duration::ZERO)?;
    for driver in ALL {
        let AllocationReport { create, create_and_revoke } = count(driver, &server)?;
        table.row(
            label(driver),
            [create.count, create.bytes, create_and_revoke.count, create_and_revoke.bytes]
                .map(|figure| format!("{figure:.0}")),
        );
    }
    Ok(table)
}

/// Runs that program for one driver. It has to be built first: the `cargo run` that started this
/// program did not build it.
fn count(driver: &str, server: &ServerProcess) -> Result<AllocationReport, BoxError> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--locked", "--bin", "allocations"])
        .args(["--manifest-path", MANIFEST, "--", driver])
        .args(server.to_args())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("allocations {driver} failed: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
