//! Waiting without a runtime.

mod deadline;
mod race;
mod watched;

pub(crate) use deadline::within;
pub(crate) use race::{First, race};
pub(crate) use watched::{Wakes, Watched};
