use std::time::Duration;

use clerk_bench::{
    Failure,
    drivers::{WITH_TLS, describe},
};

use super::Effort;
use crate::{
    server::{Protocol, Server},
    statistics::{count, median},
    table::Table,
    worker::{Report, child},
};

const CALLS: usize = 900;

/// Lets a process begin with many calls at once, before it knows anything of the server.
pub fn measure(effort: Effort) -> Result<Vec<Table>, Failure> {
    Ok(vec![
        over(Protocol::Http2Tls, "Cold burst, the server speaks HTTP/2", effort)?,
        over(Protocol::Http1Tls, "Cold burst, the server speaks HTTP/1.1", effort)?,
    ])
}

fn over(protocol: Protocol, title: &str, effort: Effort) -> Result<Table, Failure> {
    let mut server = Server::start(protocol, Duration::ZERO)?;
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
            server.connections()?;
            reports.push(child("burst", driver, &[CALLS], &server)?);
            connections.push(count(server.connections()?));
        }
        let of = |figure: fn(&Report) -> f64| median(reports.iter().map(figure));
        table.row(
            describe(driver),
            [
                format!("{:.0}", median(connections)),
                format!("{:.1}", of(|report| report.cpu_seconds) * 1e6 / count(CALLS)),
                format!("{:.1}", of(|report| report.p50) / 1000.0),
                format!("{:.1}", of(|report| report.p99) / 1000.0),
            ],
        );
    }
    Ok(table)
}
