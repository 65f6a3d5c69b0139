//! One file for each kind of figure.

pub mod allocations;
pub mod building;
pub mod cold_burst;
pub mod first_tls;
pub mod instructions;
pub mod memory;
pub mod throughput;

/// How often noisy figures are taken.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds, in each of which everybody has a turn.
    pub rounds: usize,
    /// How long a turn of the throughput takes.
    pub turn_millis: usize,
}

impl Effort {
    /// For figures that are kept.
    pub const FULL: Self = Self { rounds: 15, turn_millis: 400 };
    /// To see that the harness works.
    pub const QUICK: Self = Self { rounds: 3, turn_millis: 150 };
}
