//! A support desk whose employees sign in as customers.

mod support_desk;

pub use support_desk::{Outcome, SupportDesk};
