//! Measures what a call costs with this client and its alternatives, and prints Markdown tables.
//!
//! ```console
//! $ cargo run --release --manifest-path crates/clerk-bench/Cargo.toml -- all
//! ```
//!
//! Instead of `all`, name one or more of `instructions`, `allocations`, `throughput`, `memory`,
//! `cold-burst`, `first-tls` and `building`. With `--quick` there are only a few rounds, enough to
//! see that everything works. With `--charts=FOLDER`, pictures are written into that folder.

mod chart;
mod figures;
mod measures;
mod server;
mod statistics;
mod table;
mod worker;

use std::{env, path::Path};

use clerk_bench::BoxError;

use crate::{
    figures::Figures,
    measures::{
        Effort, allocations, building, cold_burst, first_tls, instructions, memory, throughput,
    },
};

type Measure = fn(Effort) -> Result<Figures, BoxError>;

const MEASURES: [(&str, Measure); 7] = [
    ("instructions", |_| instructions::measure()),
    ("allocations", |_| Ok(allocations::measure()?.into())),
    ("throughput", throughput::measure),
    ("memory", |effort| Ok(memory::measure(effort)?.into())),
    ("cold-burst", |effort| Ok(cold_burst::measure(effort)?.into())),
    ("first-tls", |effort| Ok(first_tls::measure(effort)?.into())),
    ("building", |_| Ok(building::measure()?.into())),
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
    let (mut effort, mut charts) = (Effort::FULL, None);
    for option in options {
        match option.split_once('=') {
            None if option == "--quick" => effort = Effort::QUICK,
            Some(("--charts", folder)) => charts = Some(Path::new(folder)),
            _ => return Err(usage().into()),
        }
    }
    for (_, measure) in select(&names).ok_or_else(usage)? {
        let figures = measure(effort)?;
        for table in figures.tables {
            println!("{table}");
        }
        for (folder, chart) in
            charts.iter().flat_map(|folder| figures.charts.iter().map(move |chart| (folder, chart)))
        {
            chart.write_to(folder)?;
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
    format!(
        "usage: clerk-bench [--quick] [--charts=FOLDER] all | MEASURE...; the measures are {names}"
    )
}
