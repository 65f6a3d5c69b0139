use std::time::Duration;

use clerk_bench::{
    Failure,
    drivers::{ON_THE_WIRE, WITH_TLS, describe},
};

use super::Effort;
use crate::{
    server::{Protocol, Server},
    statistics::{count, median},
    table::Table,
    worker::{SEVERAL, child},
};

/// How long the server takes, so that calls pile up.
const DELAY: Duration = Duration::from_millis(20);
const CONCURRENT: [usize; 4] = [1, 100, 400, 1000];

/// Compares peaks of processes that have more and more calls in flight.
pub fn measure(effort: Effort) -> Result<Vec<Table>, Failure> {
    Ok(vec![
        over(Protocol::Http1, "Memory over HTTP/1.1", &ON_THE_WIRE, effort)?,
        over(Protocol::Http2Tls, "Memory over HTTP/2 and TLS", &WITH_TLS, effort)?,
    ])
}

fn over(
    protocol: Protocol,
    title: &str,
    drivers: &[&str],
    effort: Effort,
) -> Result<Table, Failure> {
    let server = Server::start(protocol, DELAY)?;
    let mut table = Table::new(
        title,
        format!(
            "Peak of a process (`VmHWM`) against a server that takes {} ms, median of {}; the slope from 100 to 1000.",
            DELAY.as_millis(),
            effort.rounds.div_ceil(3)
        ),
        &["1 at once", "100", "400", "1000", "for each call in flight"],
    );
    for driver in drivers {
        let mut peaks = Vec::new();
        for concurrent in CONCURRENT {
            let runs: Result<Vec<f64>, Failure> = (0..effort.rounds.div_ceil(3))
                .map(|_| {
                    Ok(child("load", driver, &[SEVERAL, concurrent, effort.turn_millis], &server)?
                        .peak_kib)
                })
                .collect();
            peaks.push(median(runs?));
        }
        let [_, few, _, many] = peaks.as_slice() else { return Err("a peak is missing".into()) };
        let slope = (many - few) / count(1000 - 100);
        let cells = peaks.iter().map(|kib| format!("{:.1} MiB", kib / 1024.0));
        table.row(describe(driver), cells.chain([format!("{slope:.1} KiB")]));
    }
    Ok(table)
}
