use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clerk_bench::{
    Failure,
    drivers::{ALL, FLOOR, describe},
};

use crate::{
    server::{Protocol, Server},
    table::Table,
};

/// The difference of two run lengths is what the calls in between cost, and nothing of what happens
/// once.
const SHORT: u32 = 200;
const LONG: u32 = 1200;

/// Counts the instructions of a call with callgrind.
pub fn measure() -> Result<Table, Failure> {
    let mut table = Table::new(
        "Instructions for each call",
        "By callgrind, one thread, warm connection; the client's process alone, without the kernel.",
        &["create", ": floor", "create + revoke", ": floor"],
    );
    if !is_there() {
        table.row("valgrind is not on this machine: install it to have these figures", []);
        return Ok(table);
    }
    let server = Server::start(Protocol::Http1, Duration::ZERO)?;
    let per_call = |driver, shape| -> Result<f64, Failure> {
        let difference = instructions(driver, shape, LONG, &server)?
            - instructions(driver, shape, SHORT, &server)?;
        Ok(difference / f64::from(LONG - SHORT))
    };
    let floor = [per_call(FLOOR, "create")?, per_call(FLOOR, "both")?];
    for driver in ALL {
        let mut cells = Vec::new();
        for (shape, floor) in ["create", "both"].into_iter().zip(floor) {
            let figure = if driver == FLOOR { floor } else { per_call(driver, shape)? };
            cells.extend([format!("{:.1} k", figure / 1000.0), format!("{:.2}", figure / floor)]);
        }
        table.row(describe(driver), cells);
    }
    Ok(table)
}

fn is_there() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

fn instructions(driver: &str, shape: &str, calls: u32, server: &Server) -> Result<f64, Failure> {
    let profile =
        std::env::temp_dir().join(format!("clerk-bench-{}.callgrind", std::process::id()));
    let status = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--quiet",
            &format!("--callgrind-out-file={}", profile.display()),
        ])
        .arg(std::env::current_exe()?)
        .args(["run", driver, shape, &calls.to_string()])
        .args(server.arguments())
        .status()?;
    let total = total(&profile);
    let _ = std::fs::remove_file(&profile);
    if status.success() {
        total
    } else {
        Err(format!("callgrind of {driver} ended with {status}").into())
    }
}

/// Reads the last line of a profile, `totals: N`.
fn total(profile: &Path) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(profile)?;
    let total =
        text.lines().rev().find_map(|line| line.strip_prefix("totals: ")).ok_or("no totals")?;
    Ok(total.trim().parse()?)
}
