//! The child that does the work, one process for each figure: this program again, as `run`, `burst`
//! or `first`.

use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use clerk_bench::{
    Failure,
    driver::{Driver, Job},
    drivers::dispatch,
    target::Target,
};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet};

use crate::server::{Server, target};

/// What one call is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// One create.
    Create,
    /// A create, and the revocation of what it made.
    CreateAndRevoke,
}

/// Stands for as many threads as `#[tokio::main]` starts: one for each core.
pub const SEVERAL: usize = 0;

/// What a child reports, on one line.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Report {
    /// How many calls were timed.
    pub calls: usize,
    /// How long all of them took together.
    pub seconds: f64,
    /// What the process used of the processor for them.
    pub cpu_seconds: f64,
    /// The median of the times of the calls, in microseconds.
    pub p50: f64,
    /// What 99 of 100 calls stayed below, in microseconds.
    pub p99: f64,
    /// The most memory that the process ever had, in KiB.
    pub peak_kib: f64,
}

/// Runs a child and gives its report.
pub fn child(
    command: &str,
    driver: &str,
    numbers: &[usize],
    server: &Server,
) -> Result<Report, Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args([command, driver])
        .args(numbers.iter().map(usize::to_string))
        .args(server.arguments())
        .stderr(std::process::Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{command} {driver} ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `run DRIVER SHAPE N URL [CERTIFICATE]`: N calls one after the other on one thread. For
/// callgrind.
pub fn run(words: &[String]) -> Result<(), Failure> {
    let [driver, shape, calls, server @ ..] = words else {
        return Err("run DRIVER SHAPE N URL".into());
    };
    let shape = if shape == "create" { Shape::Create } else { Shape::CreateAndRevoke };
    dispatch(driver, InARow { shape, calls: calls.parse()?, target: target(server)? })
}

/// `load DRIVER THREADS CONCURRENT MILLISECONDS URL [CERTIFICATE]`: so many loops at once, for so
/// long, on one thread or several.
pub fn load(words: &[String]) -> Result<(), Failure> {
    let [driver, threads, concurrent, milliseconds, server @ ..] = words else {
        return Err("load DRIVER THREADS C MS URL".into());
    };
    let runtime = if threads == "1" { one_thread()? } else { several_threads()? };
    let duration = Duration::from_millis(milliseconds.parse()?);
    let job = Load { runtime, concurrent: concurrent.parse()?, duration, target: target(server)? };
    print(&dispatch(driver, job)?)
}

/// `burst DRIVER N URL [CERTIFICATE]`: the first N calls of a process, all at once.
pub fn burst(words: &[String]) -> Result<(), Failure> {
    let [driver, calls, server @ ..] = words else { return Err("burst DRIVER N URL".into()) };
    print(&dispatch(driver, Burst { calls: calls.parse()?, target: target(server)? })?)
}

/// `first DRIVER URL [CERTIFICATE]`: a client and its first call, from nothing.
pub fn first(words: &[String]) -> Result<(), Failure> {
    let [driver, server @ ..] = words else { return Err("first DRIVER URL".into()) };
    print(&dispatch(driver, First { target: target(server)? })?)
}

struct InARow {
    shape: Shape,
    calls: usize,
    target: Target,
}

impl Job for InARow {
    type Output = ();

    fn with<D: Driver>(self) -> Result<(), Failure> {
        one_thread()?.block_on(async {
            let driver = D::new(&self.target)?;
            for _ in 0..self.calls {
                let token = driver.create().await?;
                if self.shape == Shape::CreateAndRevoke {
                    driver.revoke(&token).await?;
                }
            }
            Ok(())
        })
    }
}

struct Load {
    runtime: Runtime,
    concurrent: usize,
    duration: Duration,
    target: Target,
}

impl Job for Load {
    type Output = Report;

    fn with<D: Driver>(self) -> Result<Report, Failure> {
        self.runtime.block_on(async {
            let driver = D::new(&self.target)?;
            // Every loop has made its connection before the clock starts.
            let barrier = Arc::new(Barrier::new(self.concurrent + 1));
            let mut loops = JoinSet::new();
            for _ in 0..self.concurrent {
                let (driver, barrier, duration) =
                    (driver.clone(), Arc::clone(&barrier), self.duration);
                loops.spawn(async move {
                    driver.create().await?;
                    barrier.wait().await;
                    let start = Instant::now();
                    let mut times = Vec::new();
                    let mut last = Duration::ZERO;
                    while last < duration {
                        driver.create().await?;
                        let now = start.elapsed();
                        times.push(now.saturating_sub(last));
                        last = now;
                    }
                    Ok::<_, Failure>(times)
                });
            }
            barrier.wait().await;
            let clocks = Clocks::start();
            collect(clocks, loops).await
        })
    }
}

struct Burst {
    calls: usize,
    target: Target,
}

impl Job for Burst {
    type Output = Report;

    fn with<D: Driver>(self) -> Result<Report, Failure> {
        several_threads()?.block_on(async {
            let driver = D::new(&self.target)?;
            let clocks = Clocks::start();
            let mut calls = JoinSet::new();
            for _ in 0..self.calls {
                let driver = driver.clone();
                calls.spawn(async move {
                    let start = Instant::now();
                    driver.create().await?;
                    Ok(vec![start.elapsed()])
                });
            }
            collect(clocks, calls).await
        })
    }
}

struct First {
    target: Target,
}

impl Job for First {
    type Output = Report;

    fn with<D: Driver>(self) -> Result<Report, Failure> {
        one_thread()?.block_on(async {
            let clocks = Clocks::start();
            D::new(&self.target)?.create().await?;
            clocks.report(vec![clocks.wall.elapsed()])
        })
    }
}

async fn collect(
    clocks: Clocks,
    mut tasks: JoinSet<Result<Vec<Duration>, Failure>>,
) -> Result<Report, Failure> {
    let mut times = Vec::new();
    while let Some(task) = tasks.join_next().await {
        times.extend(task??);
    }
    clocks.report(times)
}

struct Clocks {
    wall: Instant,
    cpu: f64,
}

impl Clocks {
    fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds() }
    }

    fn report(&self, mut times: Vec<Duration>) -> Result<Report, Failure> {
        let (seconds, cpu_seconds) = (self.wall.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        times.sort_unstable();
        let percentile = |percent: usize| {
            let at = times.len().saturating_sub(1) * percent / 100;
            times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        Ok(Report {
            calls: times.len(),
            seconds,
            cpu_seconds,
            p50: percentile(50),
            p99: percentile(99),
            peak_kib: peak_kib()?,
        })
    }
}

/// What this process has used of the processor so far, all threads together.
fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or_default())
        .as_secs_f64()
}

/// The high-water mark of this process' memory.
fn peak_kib() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn one_thread() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// As `#[tokio::main]` does it: a thread for each core.
fn several_threads() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn print(report: &Report) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer(&mut stdout, report)?;
    Ok(())
}
