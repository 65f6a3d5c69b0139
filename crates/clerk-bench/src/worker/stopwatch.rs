use std::{
    fs,
    time::{Duration, Instant},
};

use clerk_bench::BoxError;
use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinSet;

use super::report::Report;
use crate::statistics::percentile;

/// A stopwatch for wall-clock time and CPU time.
pub(super) struct Stopwatch {
    start: Instant,
    cpu_start: Duration,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { start: Instant::now(), cpu_start: cpu_time() }
    }

    /// Stops after a single call, whose time is the time since the start.
    pub(super) fn stop(self) -> Result<Report, BoxError> {
        let time = self.start.elapsed();
        self.report(&[time])
    }

    /// Stops when all tasks have ended. Each returns the times of its calls.
    pub(super) async fn join(
        self,
        mut tasks: JoinSet<Result<Vec<Duration>, BoxError>>,
    ) -> Result<Report, BoxError> {
        let mut times = Vec::new();
        while let Some(task) = tasks.join_next().await {
            times.extend(task??);
        }
        self.report(&times)
    }

    fn report(&self, times: &[Duration]) -> Result<Report, BoxError> {
        // Read these first: the statistics below use time and memory themselves.
        let elapsed = self.start.elapsed();
        let cpu_time = cpu_time().saturating_sub(self.cpu_start);
        let peak_kib = peak_kib()?;
        let micros = || times.iter().map(|time| time.as_secs_f64() * 1e6);
        Ok(Report {
            calls: times.len(),
            seconds: elapsed.as_secs_f64(),
            cpu_seconds: cpu_time.as_secs_f64(),
            p50: percentile(micros(), 50),
            p99: percentile(micros(), 99),
            peak_kib,
        })
    }
}

/// Returns the CPU time of all threads of this process so far.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Returns the peak resident memory of this process so far.
fn peak_kib() -> Result<f64, BoxError> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
