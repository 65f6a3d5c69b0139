use std::{
    env, fs,
    path::Path,
    process::{self, Command, Stdio},
    time::Duration,
};

use clerk_bench::{
    BoxError,
    drivers::{ALL, BASELINE, OURS, WITH_TLS, label, plain_label},
};

use crate::{
    chart::{Series, bars},
    figures::Figures,
    server::{Protocol, ServerProcess},
    table::Table,
    worker::Workload,
};

/// The lengths of a short run and a long run, in calls. Their difference contains nothing that
/// happens only once per process.
const SHORT: u32 = 200;
const LONG: u32 = 1200;

/// Counts the instructions of a call with callgrind.
pub fn measure() -> Result<Figures, BoxError> {
    let mut http1 = Table::new(
        "Instructions per call",
        "By callgrind, in the client process and without the kernel; one thread, warm connection.",
        &["create", "× baseline", "create + revoke", "× baseline"],
    );
    if !valgrind_is_installed() {
        http1.row("not measured: valgrind is not installed", []);
        return Ok(http1.into());
    }
    let mut http2 = Table::new(
        "Instructions per call over HTTP/2 with TLS",
        "Counted in the same way. The instructions of TLS are included.",
        &["create", "× baseline", "create + revoke", "× baseline"],
    );
    let creates = fill(&mut http1, Protocol::Http1, &ALL)?;
    fill(&mut http2, Protocol::Http2Tls, &WITH_TLS)?;
    let series: Vec<Series> = creates
        .into_iter()
        .map(|(driver, create)| Series {
            label: plain_label(driver),
            is_ours: driver == OURS,
            values: vec![create],
        })
        .collect();
    let chart = bars("instructions", "Instructions per create over HTTP/1.1", &series);
    Ok(Figures { tables: vec![http1, http2], charts: vec![chart] })
}

/// Adds a row for each driver, and returns its instructions per create.
fn fill<'a>(
    table: &mut Table,
    protocol: Protocol,
    drivers: &[&'a str],
) -> Result<Vec<(&'a str, f64)>, BoxError> {
    let server = ServerProcess::start(protocol, Duration::ZERO)?;
    let per_call = |driver, workload| -> Result<f64, BoxError> {
        let difference =
            count(driver, workload, LONG, &server)? - count(driver, workload, SHORT, &server)?;
        Ok(difference / f64::from(LONG - SHORT))
    };
    let workloads = [Workload::Create, Workload::CreateAndRevoke];
    let baseline = [per_call(BASELINE, workloads[0])?, per_call(BASELINE, workloads[1])?];
    let mut creates = Vec::new();
    for driver in drivers {
        let mut cells = Vec::new();
        for (workload, baseline) in workloads.into_iter().zip(baseline) {
            let figure = if *driver == BASELINE { baseline } else { per_call(driver, workload)? };
            if workload == Workload::Create {
                creates.push((*driver, figure));
            }
            cells
                .extend([format!("{:.1} k", figure / 1000.0), format!("{:.2}", figure / baseline)]);
        }
        table.row(label(driver), cells);
    }
    Ok(creates)
}

fn valgrind_is_installed() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// Returns the number of instructions of a whole run.
fn count(
    driver: &str,
    workload: Workload,
    calls: u32,
    server: &ServerProcess,
) -> Result<f64, BoxError> {
    let profile = env::temp_dir().join(format!("clerk-bench-{}.callgrind", process::id()));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(env::current_exe()?)
        .args(["run", driver, &workload.to_string(), &calls.to_string()])
        .args(server.to_args())
        .status()?;
    let total = parse_total(&profile);
    let _ = fs::remove_file(&profile);
    if status.success() {
        total
    } else {
        Err(format!("callgrind of {driver} failed: {status}").into())
    }
}

/// Parses the line `totals: N` near the end of a profile.
fn parse_total(profile: &Path) -> Result<f64, BoxError> {
    let profile = fs::read_to_string(profile)?;
    let total =
        profile.lines().rev().find_map(|line| line.strip_prefix("totals: ")).ok_or("no totals")?;
    Ok(total.trim().parse()?)
}
