//! Waiting without a runtime.

mod deadline;
mod race;

pub(crate) use deadline::within;
pub(crate) use race::{First, race};
