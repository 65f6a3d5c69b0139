use std::{collections::BTreeMap, time::Duration};

use clerk_bench::{
    BoxError,
    drivers::{BASELINE, IN_PICTURES, OURS, UNDER_LOAD, label, plain_label},
};

use super::effort::Effort;
use crate::{
    chart::{Panel, Scale, Series, lines},
    figures::Figures,
    server::{Protocol, ServerProcess},
    statistics::{median, percentile, to_f64},
    table::Table,
    worker::{Report, Threads, spawn},
};

const CONCURRENCY: [usize; 5] = [1, 16, 64, 256, 1000];

/// One turn of each driver.
type Round = BTreeMap<&'static str, Report>;

/// One kind of figure, and how to write it.
struct Figure {
    name: &'static str,
    of: fn(&Report) -> f64,
    decimals: usize,
}

const FIGURES: [Figure; 3] = [
    Figure { name: "requests per second", of: rate, decimals: 0 },
    Figure { name: "CPU µs per call", of: cpu_micros, decimals: 1 },
    Figure { name: "99th percentile, µs", of: |report| report.p99, decimals: 0 },
];

/// Measures calls under load. Drivers take turns: each has one in every round, and its ratios are
/// to the baseline of the same round.
pub fn measure(effort: Effort) -> Result<Figures, BoxError> {
    let mut figures = Figures::default();
    for (threads, name) in [(Threads::One, "one thread"), (Threads::PerCore, "a thread per core")] {
        let rounds: Result<Vec<_>, BoxError> = CONCURRENCY
            .into_iter()
            .map(|concurrency| measure_load(threads, concurrency, effort))
            .collect();
        let rounds = rounds?;
        figures.tables.extend(FIGURES.iter().map(|figure| table(figure, name, &rounds, effort)));
        figures.tables.push(spread(name, &rounds));
        if matches!(threads, Threads::PerCore) {
            let panel = |title, scale, figure: fn(&Report) -> f64| Panel {
                title,
                scale,
                series: series(&rounds, figure),
            };
            let panels = [
                panel("Requests per second", Scale::Linear, rate),
                panel("99th percentile, ms", Scale::Logarithmic, |report| report.p99 / 1000.0),
            ];
            figures.charts.push(lines("throughput", "calls at once", &CONCURRENCY, &panels));
        }
    }
    Ok(figures)
}

fn measure_load(
    threads: Threads,
    concurrency: usize,
    effort: Effort,
) -> Result<Vec<Round>, BoxError> {
    let server = ServerProcess::start(Protocol::Http1, Duration::ZERO)?;
    let options: [&dyn ToString; 3] = [&threads, &concurrency, &effort.turn_millis];
    let mut rounds = Vec::new();
    for round in 0..effort.rounds {
        let mut reports = Round::new();
        // Each round begins with a different driver.
        for driver in UNDER_LOAD.into_iter().cycle().skip(round).take(UNDER_LOAD.len()) {
            reports.insert(driver, spawn("load", driver, &options, &server)?);
        }
        rounds.push(reports);
    }
    Ok(rounds)
}

/// Returns the table of one figure: a row for each driver, and a column for each number of calls.
fn table(figure: &Figure, threads: &str, levels: &[Vec<Round>], effort: Effort) -> Table {
    let columns = CONCURRENCY.map(|concurrency| format!("{concurrency} at once"));
    let mut table = Table::new(
        format!("Load on {threads}: {}", figure.name),
        format!(
            "Medians of {} interleaved rounds of {} ms; in brackets, the median ratio to the \
             baseline of the same round.",
            effort.rounds, effort.turn_millis
        ),
        &columns.each_ref().map(String::as_str),
    );
    for driver in UNDER_LOAD {
        let cells = levels.iter().map(|rounds| {
            let value = median(values(rounds, driver, figure.of));
            let ratio = median(ratios(rounds, driver, figure.of));
            format!("{value:.*} ({ratio:.2})", figure.decimals)
        });
        table.row(label(driver), cells);
    }
    table
}

/// Returns the table that shows how much the ratios of our own driver differ between rounds.
fn spread(threads: &str, levels: &[Vec<Round>]) -> Table {
    let columns = CONCURRENCY.map(|concurrency| format!("{concurrency} at once"));
    let mut table = Table::new(
        format!("Load on {threads}: ours relative to the baseline"),
        "Median of the rounds (first to third quartile).",
        &columns.each_ref().map(String::as_str),
    );
    for figure in FIGURES {
        let cells = levels.iter().map(|rounds| {
            let ratios = || ratios(rounds, OURS, figure.of);
            let [first, third] = [25, 75].map(|percent| percentile(ratios(), percent));
            format!("{:.2} ({first:.2}–{third:.2})", median(ratios()))
        });
        table.row(figure.name, cells);
    }
    table
}

/// Returns the curves of the drivers in the pictures.
fn series(levels: &[Vec<Round>], figure: fn(&Report) -> f64) -> Vec<Series> {
    let series = |driver| Series {
        label: plain_label(driver),
        is_ours: driver == OURS,
        values: levels.iter().map(|rounds| median(values(rounds, driver, figure))).collect(),
    };
    IN_PICTURES.map(series).into()
}

fn values<'a>(
    rounds: &'a [Round],
    driver: &'a str,
    figure: fn(&Report) -> f64,
) -> impl Iterator<Item = f64> + 'a {
    rounds.iter().filter_map(move |round| round.get(driver).map(figure))
}

fn ratios<'a>(
    rounds: &'a [Round],
    driver: &'a str,
    figure: fn(&Report) -> f64,
) -> impl Iterator<Item = f64> + 'a {
    rounds
        .iter()
        .filter_map(move |round| Some(figure(round.get(driver)?) / figure(round.get(BASELINE)?)))
}

fn rate(report: &Report) -> f64 {
    to_f64(report.calls) / report.seconds
}

fn cpu_micros(report: &Report) -> f64 {
    report.cpu_seconds * 1e6 / to_f64(report.calls)
}
