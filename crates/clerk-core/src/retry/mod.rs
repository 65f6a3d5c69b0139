//! What may be sent again, and when. Pure decisions: time and jitter are arguments.

mod backoff;
mod retry_after;
mod retry_config;
mod rules;

pub use retry_config::RetryConfig;

pub(crate) use backoff::{Budget, has_time_left, next_delay, time_limit};
pub(crate) use retry_after::retry_after;
pub(crate) use rules::{Outcome, Replay, decide};
