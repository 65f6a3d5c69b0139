//! What goes wrong on demand: the faults, the responses they send, and the queue they wait in.

mod fault;
mod fault_queue;
mod fault_response;

pub use fault::Fault;
pub(crate) use fault::{FaultKind, Timing};
pub(crate) use fault_queue::FaultQueue;
