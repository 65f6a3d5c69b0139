//! One file per kind of figure.

pub mod allocations;
pub mod building;
pub mod cold_burst;
mod effort;
pub mod first_tls;
pub mod instructions;
pub mod memory;
pub mod throughput;

pub use effort::Effort;
