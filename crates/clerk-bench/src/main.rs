//! Measures what a call costs, here and with its rivals, and prints tables in Markdown.
//!
//! ```console
//! $ cargo run --release --manifest-path crates/clerk-bench/Cargo.toml -- all
//! ```
//!
//! In place of `all`: `instructions`, `allocations`, `throughput`, `memory`, `cold-burst`,
//! `first-tls` or `building`, or several of them. `--quick` takes few rounds, to see that
//! everything works.

mod measures;
mod server;
mod statistics;
mod table;
mod worker;

use clerk_bench::Failure;
use measures::{
    Effort, allocations, building, cold_burst, first_tls, instructions, memory, throughput,
};
use table::Table;

const MEASURES: [&str; 7] =
    ["instructions", "allocations", "throughput", "memory", "cold-burst", "first-tls", "building"];

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = words.split_first() else { return Err(usage().into()) };
    match command.as_str() {
        "serve" => server::serve(rest),
        "run" => worker::run(rest),
        "load" => worker::load(rest),
        "burst" => worker::burst(rest),
        "first" => worker::first(rest),
        _ => measure(&words),
    }
}

fn measure(words: &[String]) -> Result<(), Failure> {
    let (options, mut names): (Vec<&str>, Vec<&str>) =
        words.iter().map(String::as_str).partition(|word| word.starts_with("--"));
    let effort = match options.as_slice() {
        [] => Effort::FULL,
        ["--quick"] => Effort::QUICK,
        _ => return Err(usage().into()),
    };
    if names == ["all"] {
        names = MEASURES.to_vec();
    }
    if names.is_empty() || names.iter().any(|name| !MEASURES.contains(name)) {
        return Err(usage().into());
    }
    for name in names {
        for table in tables(name, effort)? {
            print(&table);
        }
    }
    Ok(())
}

fn tables(name: &str, effort: Effort) -> Result<Vec<Table>, Failure> {
    match name {
        "instructions" => Ok(vec![instructions::measure()?]),
        "allocations" => Ok(vec![allocations::measure()?]),
        "throughput" => throughput::measure(effort),
        "memory" => memory::measure(effort),
        "cold-burst" => cold_burst::measure(effort),
        "first-tls" => Ok(vec![first_tls::measure(effort)?]),
        _ => Ok(vec![building::measure()?]),
    }
}

fn print(table: &Table) {
    println!("{table}");
}

fn usage() -> String {
    format!("usage: clerk-bench all | {} [--quick]", MEASURES.join(" | "))
}
