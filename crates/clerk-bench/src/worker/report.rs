use std::io::{self, Write as _};

use clerk_bench::BoxError;
use serde::{Deserialize, Serialize};

/// The figures of one worker, which it prints as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Report {
    /// The number of calls that were timed.
    pub calls: usize,
    /// The wall-clock time of all calls together, in seconds.
    pub seconds: f64,
    /// The CPU time of the process during the calls, in seconds.
    pub cpu_seconds: f64,
    /// The median time of a call, in microseconds.
    pub p50: f64,
    /// The 99th percentile of the time of a call, in microseconds.
    pub p99: f64,
    /// The peak resident memory of the process, in KiB.
    pub peak_kib: f64,
}

impl Report {
    pub(super) fn print(&self) -> Result<(), BoxError> {
        Ok(writeln!(io::stdout(), "{}", serde_json::to_string(self)?)?)
    }
}
