use std::{collections::BTreeMap, time::Duration};

use clerk_bench::{
    BoxError,
    drivers::{BASELINE, ON_THE_WIRE, label},
};

use super::effort::Effort;
use crate::{
    server::{Protocol, ServerProcess},
    statistics::{median, percentile, to_f64},
    table::Table,
    worker::{Report, Threads, spawn},
};

const CONCURRENCY: [usize; 5] = [1, 16, 64, 256, 1000];

/// Measures calls under load. Drivers take turns: each has one in every round, and its ratios are
/// to the baseline of the same round.
pub fn measure(effort: Effort) -> Result<Vec<Table>, BoxError> {
    let per_core = CONCURRENCY.map(|concurrency| (Threads::PerCore, concurrency));
    [(Threads::One, 1)]
        .into_iter()
        .chain(per_core)
        .map(|(threads, concurrency)| measure_load(threads, concurrency, effort))
        .collect()
}

fn measure_load(threads: Threads, concurrency: usize, effort: Effort) -> Result<Table, BoxError> {
    let server = ServerProcess::start(Protocol::Http1, Duration::ZERO)?;
    let options: [&dyn ToString; 3] = [&threads, &concurrency, &effort.turn_millis];
    let mut rounds: Vec<BTreeMap<&str, Report>> = Vec::new();
    for round in 0..effort.rounds {
        let mut reports = BTreeMap::new();
        // Each round begins with a different driver.
        for driver in ON_THE_WIRE.into_iter().cycle().skip(round).take(ON_THE_WIRE.len()) {
            reports.insert(driver, spawn("load", driver, &options, &server)?);
        }
        rounds.push(reports);
    }
    let threads = match threads {
        Threads::One => "one thread",
        Threads::PerCore => "a thread per core",
    };
    let mut table = Table::new(
        format!("Throughput: {concurrency} at once, {threads}"),
        format!("Medians of {} interleaved rounds of {} ms.", effort.rounds, effort.turn_millis),
        &[
            "requests/s",
            "× baseline",
            "quartiles",
            "CPU µs/call",
            "× baseline",
            "p50 µs",
            "p99 µs",
            "× baseline",
        ],
    );
    for driver in ON_THE_WIRE {
        let figures = |figure: fn(&Report) -> f64| {
            rounds.iter().filter_map(move |round| round.get(driver).map(figure))
        };
        let ratios = |figure: fn(&Report) -> f64| {
            rounds.iter().filter_map(move |round| {
                Some(figure(round.get(driver)?) / figure(round.get(BASELINE)?))
            })
        };
        table.row(
            label(driver),
            [
                format!("{:.0}", median(figures(rate))),
                format!("{:.2}", median(ratios(rate))),
                format!("{:.2}–{:.2}", percentile(ratios(rate), 25), percentile(ratios(rate), 75)),
                format!("{:.1}", median(figures(cpu_micros))),
                format!("{:.2}", median(ratios(cpu_micros))),
                format!("{:.0}", median(figures(|report| report.p50))),
                format!("{:.0}", median(figures(|report| report.p99))),
                format!("{:.2}", median(ratios(|report| report.p99))),
            ],
        );
    }
    Ok(table)
}

fn rate(report: &Report) -> f64 {
    to_f64(report.calls) / report.seconds
}

fn cpu_micros(report: &Report) -> f64 {
    report.cpu_seconds * 1e6 / to_f64(report.calls)
}
