//! The drivers, which do the same work each in its own way, and what they talk to.
//!
//! `main.rs` measures them; `bin/allocations.rs` counts what they allocate, in a program of its
//! own, so that no other figure pays for the counting.

pub mod answer;
pub mod connector;
pub mod driver;
pub mod drivers;
pub mod target;

/// Whatever went wrong: a benchmark has nothing to do but to say so.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
