use std::time::Duration;

use clerk_bench::{
    BoxError,
    drivers::{WITH_TLS, label},
};

use super::effort::Effort;
use crate::{
    server::{Protocol, ServerProcess},
    statistics::{median, percentile},
    table::Table,
    worker::spawn,
};

/// Measures the creation of a client and its first call over TLS in a new process.
pub fn measure(effort: Effort) -> Result<Table, BoxError> {
    let server = ServerProcess::start(Protocol::Http2Tls, Duration::ZERO)?;
    let rounds = 2 * effort.rounds + 1;
    let mut table = Table::new(
        "First TLS call of a process",
        format!("From creating the client to the response, on one thread; {rounds} processes."),
        &["CPU ms, median", "minimum", "wall-clock ms, median"],
    );
    for driver in WITH_TLS {
        let reports: Result<Vec<_>, BoxError> =
            (0..rounds).map(|_| spawn("first", driver, &[], &server)).collect();
        let reports = reports?;
        let cpu = || reports.iter().map(|report| report.cpu_seconds * 1000.0);
        let wall_clock = median(reports.iter().map(|report| report.p50 / 1000.0));
        table.row(
            label(driver),
            [median(cpu()), percentile(cpu(), 0), wall_clock]
                .map(|milliseconds| format!("{milliseconds:.2}")),
        );
    }
    Ok(table)
}
