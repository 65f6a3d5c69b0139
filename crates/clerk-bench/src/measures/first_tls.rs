use std::time::Duration;

use clerk_bench::{
    Failure,
    drivers::{WITH_TLS, describe},
};

use super::Effort;
use crate::{
    server::{Protocol, Server},
    statistics::{median, quantile},
    table::Table,
    worker::child,
};

/// Makes a client and its first call over TLS in a process that has done nothing before.
pub fn measure(effort: Effort) -> Result<Table, Failure> {
    let server = Server::start(Protocol::Http2Tls, Duration::ZERO)?;
    let rounds = 2 * effort.rounds + 1;
    let mut table = Table::new(
        "First TLS call of a process",
        format!("From making the client to the answer, one thread; {rounds} processes."),
        &["CPU ms, median", "least", "wall ms, median"],
    );
    for driver in WITH_TLS {
        let reports: Result<Vec<_>, Failure> =
            (0..rounds).map(|_| child("first", driver, &[], &server)).collect();
        let reports = reports?;
        let cpu = || reports.iter().map(|report| report.cpu_seconds * 1000.0);
        let wall = median(reports.iter().map(|report| report.p50 / 1000.0));
        table.row(
            describe(driver),
            [median(cpu()), quantile(cpu(), 0), wall]
                .map(|milliseconds| format!("{milliseconds:.2}")),
        );
    }
    Ok(table)
}
