use std::{collections::BTreeMap, time::Duration};

use clerk_bench::{
    Failure,
    drivers::{FLOOR, ON_THE_WIRE, describe},
};

use super::Effort;
use crate::{
    server::{Protocol, Server},
    statistics::{count, median, quantile},
    table::Table,
    worker::{Report, SEVERAL, child},
};

const CONCURRENT: [usize; 5] = [1, 16, 64, 256, 1000];

/// Takes turns: in each round everybody has one, and is compared with the floor of the same round.
pub fn measure(effort: Effort) -> Result<Vec<Table>, Failure> {
    let on_several = CONCURRENT.into_iter().map(|concurrent| at(SEVERAL, concurrent, effort));
    [at(1, 1, effort)].into_iter().chain(on_several).collect()
}

fn at(threads: usize, concurrent: usize, effort: Effort) -> Result<Table, Failure> {
    let server = Server::start(Protocol::Http1, Duration::ZERO)?;
    let mut rounds: Vec<BTreeMap<&str, Report>> = Vec::new();
    for round in 0..effort.rounds {
        let mut reports = BTreeMap::new();
        // Nobody is always the first.
        for driver in ON_THE_WIRE.into_iter().cycle().skip(round).take(ON_THE_WIRE.len()) {
            reports.insert(
                driver,
                child("load", driver, &[threads, concurrent, effort.turn_millis], &server)?,
            );
        }
        rounds.push(reports);
    }
    let mut table = Table::new(
        format!(
            "{concurrent} at once, {}",
            if threads == 1 { "one thread" } else { "a thread for each core" }
        ),
        format!("Medians of {} interleaved rounds of {} ms.", effort.rounds, effort.turn_millis),
        &[
            "requests/s",
            ": floor",
            "(quartiles)",
            "CPU µs/call",
            ": floor",
            "p50 µs",
            "p99 µs",
            ": floor",
        ],
    );
    for driver in ON_THE_WIRE {
        let all = |figure: fn(&Report) -> f64| {
            rounds.iter().filter_map(move |round| round.get(driver).map(figure))
        };
        let ratios = |figure: fn(&Report) -> f64| {
            rounds.iter().filter_map(move |round| {
                Some(figure(round.get(driver)?) / figure(round.get(FLOOR)?))
            })
        };
        table.row(
            describe(driver),
            [
                format!("{:.0}", median(all(rate))),
                format!("{:.2}", median(ratios(rate))),
                format!("{:.2}–{:.2}", quantile(ratios(rate), 25), quantile(ratios(rate), 75)),
                format!("{:.1}", median(all(cpu))),
                format!("{:.2}", median(ratios(cpu))),
                format!("{:.0}", median(all(|report| report.p50))),
                format!("{:.0}", median(all(|report| report.p99))),
                format!("{:.2}", median(ratios(|report| report.p99))),
            ],
        );
    }
    Ok(table)
}

fn rate(report: &Report) -> f64 {
    count(report.calls) / report.seconds
}

fn cpu(report: &Report) -> f64 {
    report.cpu_seconds * 1e6 / count(report.calls)
}
