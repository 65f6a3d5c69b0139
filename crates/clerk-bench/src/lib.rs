//! The drivers, which do the same work in different ways, and what they share.
//!
//! `main.rs` measures them; `bin/allocations.rs` counts their allocations, in a program of its own
//! so that the counting allocator slows down no other measurement.

mod allocation_report;
mod connector;
mod driver;
pub mod drivers;
/// The bodies of the server's responses.
pub mod response;
mod target;

pub use allocation_report::{AllocationReport, PerCall};
pub use driver::{Driver, Job};
pub use target::Target;

/// Any error: a benchmark can only print it and stop.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
