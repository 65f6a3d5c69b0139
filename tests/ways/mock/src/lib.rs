//! A support desk that signs in as its customers.

mod support_desk;

pub use support_desk::{Outcome, SupportDesk};
