use std::time::Duration;

use clerk_bench::{
    BoxError,
    drivers::{WITH_TLS, label},
};

use super::effort::Effort;
use crate::{
    server::{Protocol, ServerProcess},
    statistics::{median, to_f64},
    table::Table,
    worker::{Report, spawn},
};

const CALLS: usize = 900;

/// Measures many calls at once in a new process, which knows nothing about the server yet.
pub fn measure(effort: Effort) -> Result<Vec<Table>, BoxError> {
    Ok(vec![
        measure_protocol(Protocol::Http2Tls, "Cold burst over HTTP/2", effort)?,
        measure_protocol(Protocol::Http1Tls, "Cold burst over HTTP/1.1", effort)?,
    ])
}

fn measure_protocol(protocol: Protocol, title: &str, effort: Effort) -> Result<Table, BoxError> {
    let mut server = ServerProcess::start(protocol, Duration::ZERO)?;
    let mut table = Table::new(
        title,
        format!(
            "The first {CALLS} calls of a process, all at once, over TLS; median of {}.",
            effort.rounds
        ),
        &["connections", "CPU µs/call", "p50 ms", "p99 ms"],
    );
    for driver in WITH_TLS {
        let (mut connections, mut reports): (Vec<f64>, Vec<Report>) = (Vec::new(), Vec::new());
        for _ in 0..effort.rounds {
            server.take_connections()?;
            reports.push(spawn("burst", driver, &[&CALLS], &server)?);
            connections.push(to_f64(server.take_connections()?));
        }
        let median_of = |figure: fn(&Report) -> f64| median(reports.iter().map(figure));
        table.row(
            label(driver),
            [
                format!("{:.0}", median(connections)),
                format!("{:.1}", median_of(|report| report.cpu_seconds) * 1e6 / to_f64(CALLS)),
                format!("{:.1}", median_of(|report| report.p50) / 1000.0),
                format!("{:.1}", median_of(|report| report.p99) / 1000.0),
            ],
        );
    }
    Ok(table)
}
