//! One file for each way to do the work.

mod clerk_rs;
mod hyper_conn;
mod hyper_raw;
mod hyper_typed;
mod ours;
mod ours_in_memory;
mod prepared;
mod reqwest;
mod typed;

use crate::{Failure, driver::Job};

/// The floor: what every ratio is taken of.
pub const FLOOR: &str = "hyper-typed";

/// Ours, with defaults.
pub const OURS: &str = "ours";

/// All of them that talk to a server.
pub const ON_THE_WIRE: [&str; 6] = ["hyper-raw", "hyper-conn", FLOOR, OURS, "reqwest", "clerk-rs"];

/// Those that speak TLS and HTTP/2 and keep a pool: what somebody could use in place of ours.
pub const WITH_TLS: [&str; 4] = [FLOOR, OURS, "reqwest", "clerk-rs"];

/// All of them.
pub const ALL: [&str; 7] =
    ["hyper-raw", "hyper-conn", FLOOR, OURS, "ours-in-memory", "reqwest", "clerk-rs"];

/// Says in words what a driver is.
pub fn describe(name: &str) -> &str {
    match name {
        "hyper-raw" => "hyper-util alone, bytes prepared",
        "hyper-conn" => "`hyper::client::conn` by hand, typed",
        "hyper-typed" => "hyper-util, typed (the floor)",
        "ours" => "**ours**",
        "ours-in-memory" => "ours, answers from memory",
        "reqwest" => "reqwest 0.13 with `.json()`",
        "clerk-rs" => "clerk-rs 0.5",
        other => other,
    }
}

/// Does the job with the driver of this name.
pub fn dispatch<J: Job>(name: &str, job: J) -> Result<J::Output, Failure> {
    match name {
        "hyper-raw" => job.with::<hyper_raw::HyperRaw>(),
        "hyper-conn" => job.with::<hyper_conn::HyperConn>(),
        "hyper-typed" => job.with::<hyper_typed::HyperTyped>(),
        "ours" => job.with::<ours::Ours>(),
        "ours-in-memory" => job.with::<ours_in_memory::OursInMemory>(),
        "reqwest" => job.with::<reqwest::Reqwest>(),
        "clerk-rs" => job.with::<clerk_rs::ClerkRs>(),
        other => Err(format!("there is no driver {other:?}; there are {ALL:?}").into()),
    }
}
