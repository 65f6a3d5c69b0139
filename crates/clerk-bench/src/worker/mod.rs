//! The worker processes, each started for one figure of one driver: this program again, with the
//! command `run`, `load`, `burst` or `first`.

mod burst;
mod first;
mod load;
mod report;
mod run;
mod spawn;
mod stopwatch;
mod threads;
mod workload;

pub use burst::burst;
pub use first::first;
pub use load::load;
pub use report::Report;
pub use run::run;
pub use spawn::spawn;
pub use threads::Threads;
pub use workload::Workload;
