use std::{process::Command, time::Duration};

use clerk_bench::{
    Failure,
    drivers::{ALL, describe},
};
use serde::Deserialize;

use crate::{
    server::{Protocol, Server},
    table::Table,
};

#[derive(Deserialize)]
struct Counted {
    create: PerCall,
    create_and_revoke: PerCall,
}

#[derive(Deserialize)]
struct PerCall {
    count: f64,
    bytes: f64,
}

/// Counts heap allocations, by the program that has the counting allocator.
pub fn measure() -> Result<Table, Failure> {
    let mut table = Table::new(
        "Heap allocations for each call",
        "By a counting allocator, one thread, warm connection. A block that grows counts again. Of the answers from memory, two \
         blocks a call are the answer's own header.",
        &["create", "bytes", "create + revoke", "bytes"],
    );
    let server = Server::start(Protocol::Http1, Duration::ZERO)?;
    for driver in ALL {
        // Beside this program: one `cargo run` builds only the one that it runs.
        let output = Command::new(env!("CARGO"))
            .args([
                "run",
                "--quiet",
                "--release",
                "--locked",
                "--bin",
                "allocations",
                "--manifest-path",
            ])
            .args([concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "--", driver])
            .args(server.arguments())
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("counting {driver} ended with {}", output.status).into());
        }
        let Counted { create, create_and_revoke: both } = serde_json::from_slice(&output.stdout)?;
        table.row(
            describe(driver),
            [create.count, create.bytes, both.count, both.bytes]
                .map(|figure| format!("{figure:.0}")),
        );
    }
    Ok(table)
}
