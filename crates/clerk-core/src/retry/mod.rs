//! Decides what may be sent again, and when. Pure: time and chance are arguments.

mod backoff;
mod law;
mod retry_after;
mod retry_config;

pub(crate) use backoff::{Budget, has_time_left, next_delay};
pub(crate) use law::{Operation, Outcome, judge};
pub(crate) use retry_after::retry_after;
pub use retry_config::RetryConfig;
