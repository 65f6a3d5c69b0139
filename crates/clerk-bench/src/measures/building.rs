use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clerk_bench::Failure;

use crate::table::Table;

/// The smallest program that creates a token, and what it depends on.
struct Probe {
    name: &'static str,
    dependencies: &'static str,
    program: &'static str,
}

const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt"] }"#;

const PROBES: [Probe; 4] = [
    Probe {
        name: "clerk-core alone",
        dependencies: r#"clerk-core = { path = "CRATES/clerk-core" }"#,
        program: include_str!("../../probes/core.rs"),
    },
    Probe {
        name: "**ours**, default",
        dependencies: r#"clerk-actor-tokens = { path = "CRATES/clerk-actor-tokens" }"#,
        program: include_str!("../../probes/ours.rs"),
    },
    Probe {
        name: "reqwest 0.13",
        dependencies: concat!(
            "reqwest = { version = \"0.13\", features = [\"json\"] }\n",
            "serde = { version = \"1\", features = [\"derive\"] }\n",
            "serde_json = \"1\"\n",
        ),
        program: include_str!("../../probes/reqwest.rs"),
    },
    Probe {
        name: "clerk-rs 0.5",
        dependencies: "clerk-rs = \"0.5\"\n",
        program: include_str!("../../probes/clerk_rs.rs"),
    },
];

/// Builds a program for each from nothing, and takes the processor's time: the wall clock of a busy
/// machine says little.
pub fn measure() -> Result<Table, Failure> {
    let mut table = Table::new(
        "Building",
        "The smallest program that creates a token, from an empty target folder; locked to the versions of this crate. \
         Crates: all in the tree for this machine, build scripts and macros included, without the program's own. \
         Size: release, `lto = \"thin\"`, stripped.",
        &["crates", "debug, CPU s", "release, CPU s", "program, KiB"],
    );
    for probe in PROBES {
        let folder = probe.write()?;
        let crates = crates(&folder)?;
        let debug = build(&folder, &[])?;
        let release = build(&folder, &["--release"])?;
        let size = fs::metadata(folder.join("target/release/probe"))?.len() / 1024;
        fs::remove_dir_all(&folder)?;
        table.row(
            probe.name,
            [crates.to_string(), format!("{debug:.0}"), format!("{release:.0}"), size.to_string()],
        );
    }
    Ok(table)
}

impl Probe {
    /// Writes a package, a workspace of its own.
    fn write(&self) -> Result<PathBuf, Failure> {
        let folder = std::env::temp_dir().join(format!("clerk-bench-probe-{}", std::process::id()));
        // What an earlier run may have left.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src"))?;
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let crates = here.parent().ok_or("nothing above this crate")?.display().to_string();
        let dependencies = self.dependencies.replace("CRATES", &crates);
        let manifest = format!(
            "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [profile.release]\nlto = \"thin\"\nstrip = true\n[dependencies]\n{TOKIO}\n{dependencies}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), self.program)?;
        fs::copy(here.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(folder)
    }
}

fn crates(folder: &Path) -> Result<usize, Failure> {
    let output = cargo(folder)
        .args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let all: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(all.iter().filter(|name| !name.is_empty() && !name.starts_with("probe ")).count())
}

/// Gives the processor's seconds that a build took.
fn build(folder: &Path, options: &[&str]) -> Result<f64, Failure> {
    // So that nothing is downloaded while the clock runs.
    run(cargo(folder).arg("fetch"))?;
    let before = children_seconds()?;
    run(cargo(folder).arg("build").args(options))?;
    Ok(children_seconds()? - before)
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .stderr(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.stderr(Stdio::inherit()).arg("--quiet").status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// What all children that have ended, and theirs, have used of the processor.
fn children_seconds() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold spaces; what follows it does not. Fields 16 and 17 are
    // `cutime` and `cstime`.
    let (_, fields) = stat.rsplit_once(')').ok_or("an odd /proc/self/stat")?;
    let ticks: f64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap_or_default())
        .sum();
    // Linux counts them in hundredths of a second, whatever the kernel's own tick is.
    Ok(ticks / 100.0)
}
