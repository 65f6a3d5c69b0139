//! Measures what a call costs with this client and its alternatives, and prints Markdown tables.
//!
//! ```console
//! $ cargo run --release --manifest-path crates/clerk-bench/Cargo.toml -- all
//! ```
//!
//! Instead of `all`, name one or more of `instructions`, `allocations`, `throughput`, `memory`,
//! `cold-burst`, `first-tls` and `building`. With `--quick` there are only a few rounds, enough to
//! see that everything works.

mod measures;
mod server;
mod statistics;
mod table;
mod worker;

use std::env;

use clerk_bench::BoxError;

use crate::{
    measures::{
        Effort, allocations, building, cold_burst, first_tls, instructions, memory, throughput,
    },
    table::Table,
};

type Measure = fn(Effort) -> Result<Vec<Table>, BoxError>;

const MEASURES: [(&str, Measure); 7] = [
    ("instructions", |_| Ok(vec![instructions::measure()?])),
    ("allocations", |_| Ok(vec![allocations::measure()?])),
    ("throughput", throughput::measure),
    ("memory", memory::measure),
    ("cold-burst", cold_burst::measure),
    ("first-tls", |effort| Ok(vec![first_tls::measure(effort)?])),
    ("building", |_| Ok(vec![building::measure()?])),
];

fn main() -> Result<(), BoxError> {
    let args: Vec<String> = env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else { return Err(usage().into()) };
    match command.as_str() {
        "serve" => server::serve(rest),
        "run" => worker::run(rest),
        "load" => worker::load(rest),
        "burst" => worker::burst(rest),
        "first" => worker::first(rest),
        _ => measure(&args),
    }
}

fn measure(args: &[String]) -> Result<(), BoxError> {
    let (options, names): (Vec<&str>, Vec<&str>) =
        args.iter().map(String::as_str).partition(|arg| arg.starts_with("--"));
    let effort = match options.as_slice() {
        [] => Effort::FULL,
        ["--quick"] => Effort::QUICK,
        _ => return Err(usage().into()),
    };
    for (_, measure) in select(&names).ok_or_else(usage)? {
        for table in measure(effort)? {
            println!("{table}");
        }
    }
    Ok(())
}

/// Returns the measures with these names, or `None` if a name is unknown or there are no names.
fn select(names: &[&str]) -> Option<Vec<(&'static str, Measure)>> {
    let find = |name| MEASURES.into_iter().find(|(known, _)| *known == name);
    match names {
        [] => None,
        ["all"] => Some(MEASURES.to_vec()),
        names => names.iter().copied().map(find).collect(),
    }
}

fn usage() -> String {
    let names = MEASURES.map(|(name, _)| name).join(", ");
    format!("usage: clerk-bench [--quick] all | MEASURE...; the measures are {names}")
}
