#![doc = include_str!("../README.md")]

mod check;
mod report;
mod requirement;
mod server;
mod suite;
mod violation;
mod wait;

pub use report::Report;
pub use requirement::Requirement;
pub use suite::{Check, Suite};
pub use violation::Violation;
