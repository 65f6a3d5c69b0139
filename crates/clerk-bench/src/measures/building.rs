use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
};

use clerk_bench::BoxError;

use crate::table::Table;

/// The smallest program that creates a token with one of the clients, and its dependencies.
struct Probe {
    name: &'static str,
    runtime: &'static str,
    dependencies: &'static str,
    program: &'static str,
}

const NO_RUNTIME: &str = "";
const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt"] }"#;

const PROBES: [Probe; 7] = [
    Probe {
        name: "clerk-core alone",
        runtime: TOKIO,
        dependencies: r#"clerk-core = { path = "CRATES/clerk-core" }"#,
        program: include_str!("../../probes/core.rs"),
    },
    Probe {
        name: "**ours**, default features",
        runtime: TOKIO,
        dependencies: r#"clerk-actor-tokens = { path = "CRATES/clerk-actor-tokens" }"#,
        program: include_str!("../../probes/ours.rs"),
    },
    Probe {
        name: "ours, blocking",
        runtime: NO_RUNTIME,
        dependencies: r#"clerk-actor-tokens = { path = "CRATES/clerk-actor-tokens", features = ["blocking"] }"#,
        program: include_str!("../../probes/ours_blocking.rs"),
    },
    Probe {
        name: "reqwest 0.13",
        runtime: TOKIO,
        dependencies: concat!(
            "reqwest = { version = \"0.13\", features = [\"json\"] }\n",
            "serde = { version = \"1\", features = [\"derive\"] }\n",
            "serde_json = \"1\"\n",
        ),
        program: include_str!("../../probes/reqwest.rs"),
    },
    Probe {
        name: "clerk-rs 0.5",
        runtime: TOKIO,
        dependencies: "clerk-rs = \"0.5\"\n",
        program: include_str!("../../probes/clerk_rs.rs"),
    },
    Probe {
        name: "reqwest 0.13, blocking",
        runtime: NO_RUNTIME,
        dependencies: concat!(
            "reqwest = { version = \"0.13\", features = [\"blocking\", \"json\"] }\n",
            "serde = { version = \"1\", features = [\"derive\"] }\n",
            "serde_json = \"1\"\n",
        ),
        program: include_str!("../../probes/reqwest_blocking.rs"),
    },
    Probe {
        name: "ureq 3",
        runtime: NO_RUNTIME,
        dependencies: concat!(
            "ureq = { version = \"3\", features = [\"json\"] }\n",
            "serde = { version = \"1\", features = [\"derive\"] }\n",
            "serde_json = \"1\"\n",
        ),
        program: include_str!("../../probes/ureq.rs"),
    },
];

/// Builds a program with each client from scratch, and measures CPU time: wall-clock time means
/// little on a busy machine.
pub fn measure() -> Result<Table, BoxError> {
    let mut table = Table::new(
        "Build cost",
        "The smallest program that creates a token, built from an empty target directory with the \
         versions in this crate's lock file. Crates: all dependencies on this platform, including \
         build dependencies and macros. Binary: release, `lto = \"thin\"`, stripped.",
        &["crates", "debug, CPU s", "release, CPU s", "binary, KiB"],
    );
    for probe in PROBES {
        let directory = probe.write()?;
        let crates = count_crates(&directory)?;
        let debug = build_seconds(&directory, &[])?;
        let release = build_seconds(&directory, &["--release"])?;
        let size = fs::metadata(directory.join("target/release/probe"))?.len() / 1024;
        fs::remove_dir_all(&directory)?;
        table.row(
            probe.name,
            [crates.to_string(), format!("{debug:.0}"), format!("{release:.0}"), size.to_string()],
        );
    }
    Ok(table)
}

impl Probe {
    /// Writes the program as a package of its own and returns its directory.
    fn write(&self) -> Result<PathBuf, BoxError> {
        let directory = env::temp_dir().join(format!("clerk-bench-probe-{}", process::id()));
        // An interrupted run may have left one behind.
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(directory.join("src"))?;
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let crates =
            package.parent().ok_or("this crate has no parent directory")?.display().to_string();
        let dependencies = self.dependencies.replace("CRATES", &crates);
        let manifest = format!(
            "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [profile.release]\nlto = \"thin\"\nstrip = true\n[dependencies]\n{}\n{dependencies}\n",
            self.runtime
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::write(directory.join("src/main.rs"), self.program)?;
        fs::copy(package.join("Cargo.lock"), directory.join("Cargo.lock"))?;
        Ok(directory)
    }
}

fn count_crates(directory: &Path) -> Result<usize, BoxError> {
    let output = cargo(directory)
        .args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .output()?;
    let tree = String::from_utf8(output.stdout)?;
    let crates: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(crates.iter().filter(|name| !name.is_empty() && !name.starts_with("probe ")).count())
}

/// Builds the program and returns the CPU time that it took.
fn build_seconds(directory: &Path, options: &[&str]) -> Result<f64, BoxError> {
    // Downloads are not part of the build.
    run(cargo(directory).arg("fetch"))?;
    let before = children_cpu_seconds()?;
    run(cargo(directory).arg("build").args(options))?;
    Ok(children_cpu_seconds()? - before)
}

fn cargo(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(directory)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .stderr(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<(), BoxError> {
    let status = command.stderr(Stdio::inherit()).arg("--quiet").status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}

/// Returns the CPU time of all child processes that have ended, and of their descendants.
fn children_cpu_seconds() -> Result<f64, BoxError> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // Only the name, in parentheses, may contain spaces. Fields 16 and 17 are `cutime` and
    // `cstime`.
    let (_, fields) = stat.rsplit_once(')').ok_or("unexpected /proc/self/stat")?;
    let ticks: f64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap_or_default())
        .sum();
    // Linux reports hundredths of a second, whatever the kernel's own tick is.
    Ok(ticks / 100.0)
}
