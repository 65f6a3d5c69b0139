use std::time::Duration;

use clerk_bench::{
    BoxError,
    drivers::{ON_THE_WIRE, WITH_TLS, label},
};

use super::effort::Effort;
use crate::{
    server::{Protocol, ServerProcess},
    statistics::{median, to_f64},
    table::Table,
    worker::{Threads, spawn},
};

/// Long enough for calls to pile up.
const DELAY: Duration = Duration::from_millis(20);

const CONCURRENCY: [usize; 4] = [1, 100, 400, 1000];

/// Compares the peak memory of processes with more and more calls in flight.
pub fn measure(effort: Effort) -> Result<Vec<Table>, BoxError> {
    Ok(vec![
        measure_protocol(Protocol::Http1, "Memory over HTTP/1.1", &ON_THE_WIRE, effort)?,
        measure_protocol(Protocol::Http2Tls, "Memory over HTTP/2 with TLS", &WITH_TLS, effort)?,
    ])
}

fn measure_protocol(
    protocol: Protocol,
    title: &str,
    drivers: &[&str],
    effort: Effort,
) -> Result<Table, BoxError> {
    let server = ServerProcess::start(protocol, DELAY)?;
    let rounds = effort.rounds.div_ceil(3);
    let mut table = Table::new(
        title,
        format!(
            "Peak memory of a process (`VmHWM`) by the number of calls in flight, against a server \
             with a delay of {} ms; median of {rounds}. Last column: the slope from 100 to 1000.",
            DELAY.as_millis(),
        ),
        &["1", "100", "400", "1000", "per call in flight"],
    );
    for driver in drivers {
        let mut peaks = Vec::new();
        for concurrency in CONCURRENCY {
            let options: [&dyn ToString; 3] =
                [&Threads::PerCore, &concurrency, &effort.turn_millis];
            let runs: Result<Vec<f64>, BoxError> = (0..rounds)
                .map(|_| Ok(spawn("load", driver, &options, &server)?.peak_kib))
                .collect();
            peaks.push(median(runs?));
        }
        let [_, at_100, _, at_1000] = peaks.as_slice() else {
            return Err("a peak is missing".into());
        };
        let slope = (at_1000 - at_100) / to_f64(1000 - 100);
        let cells = peaks.iter().map(|kib| format!("{:.1} MiB", kib / 1024.0));
        table.row(label(driver), cells.chain([format!("{slope:.1} KiB")]));
    }
    Ok(table)
}
