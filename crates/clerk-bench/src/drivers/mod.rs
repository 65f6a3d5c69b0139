//! One file per driver.

mod clerk_rs;
mod hyper_conn;
mod hyper_raw;
mod hyper_typed;
mod ours;
mod ours_blocking;
mod ours_in_memory;
mod ours_over_reqwest;
mod ours_over_tower;
mod prepared;
mod reqwest;
mod typed;
mod ureq;

use crate::{BoxError, driver::Job};

/// The baseline of every ratio.
pub const BASELINE: &str = "hyper-typed";

/// This project's client with default settings.
pub const OURS: &str = "ours";

/// The drivers that talk to a server.
pub const ON_THE_WIRE: [&str; 8] = [
    "hyper-raw",
    "hyper-conn",
    BASELINE,
    OURS,
    "ours-over-tower",
    "ours-over-reqwest",
    "reqwest",
    "clerk-rs",
];

/// The drivers that are measured under load. Those over other transports are left out: this is what
/// takes most of the time.
pub const UNDER_LOAD: [&str; 6] =
    ["hyper-raw", "hyper-conn", BASELINE, OURS, "reqwest", "clerk-rs"];

/// The drivers in the pictures: ours, and the clients that people choose between.
pub const IN_PICTURES: [&str; 4] = [OURS, BASELINE, "reqwest", "clerk-rs"];

/// The drivers with TLS, HTTP/2 and a connection pool: the realistic alternatives.
pub const WITH_TLS: [&str; 6] =
    [BASELINE, OURS, "ours-over-tower", "ours-over-reqwest", "reqwest", "clerk-rs"];

/// All drivers.
pub const ALL: [&str; 11] = [
    "hyper-raw",
    "hyper-conn",
    BASELINE,
    OURS,
    "ours-blocking",
    "ours-in-memory",
    "ours-over-tower",
    "ours-over-reqwest",
    "reqwest",
    "clerk-rs",
    "ureq",
];

/// Returns the label of a driver in the tables.
pub fn label(name: &str) -> &str {
    match name {
        "hyper-raw" => "hyper-util, raw bytes",
        "hyper-conn" => "`hyper::client::conn`, typed",
        "hyper-typed" => "hyper-util, typed (baseline)",
        "ours" => "**ours**",
        "ours-blocking" => "ours, blocking",
        "ours-in-memory" => "ours, in-memory transport",
        "ours-over-tower" => "ours over tower + hyper-util",
        "ours-over-reqwest" => "ours over reqwest",
        "reqwest" => "reqwest 0.13 with `.json()`",
        "clerk-rs" => "clerk-rs 0.5",
        "ureq" => "ureq 3",
        other => other,
    }
}

/// Returns the label of a driver without Markdown.
pub fn plain_label(name: &str) -> String {
    label(name).replace(['*', '`'], "")
}

/// Runs a job with the driver of this name.
pub fn dispatch<J: Job>(name: &str, job: J) -> Result<J::Output, BoxError> {
    match name {
        "hyper-raw" => job.run::<hyper_raw::HyperRaw>(),
        "hyper-conn" => job.run::<hyper_conn::HyperConn>(),
        "hyper-typed" => job.run::<hyper_typed::HyperTyped>(),
        "ours" => job.run::<ours::Ours>(),
        "ours-blocking" => job.run::<ours_blocking::OursBlocking>(),
        "ours-in-memory" => job.run::<ours_in_memory::OursInMemory>(),
        "ours-over-tower" => job.run::<ours_over_tower::OursOverTower>(),
        "ours-over-reqwest" => job.run::<ours_over_reqwest::OursOverReqwest>(),
        "reqwest" => job.run::<reqwest::Reqwest>(),
        "clerk-rs" => job.run::<clerk_rs::ClerkRs>(),
        "ureq" => job.run::<ureq::Ureq>(),
        other => Err(format!("unknown driver {other:?}; expected one of {ALL:?}").into()),
    }
}
