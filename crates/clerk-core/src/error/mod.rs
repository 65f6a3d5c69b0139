//! What can go wrong, one variant per stage. A [`Failure`] is a failed attempt; an [`Error`] is
//! made from the last one.

mod api_error;
mod chain;
mod clerk_error;
mod config_error;
#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod error;
mod error_context;
mod failure;
mod mismatch;
mod quoted;
mod timeout_error;
mod transport_failure;
mod unexpected_response;

pub use api_error::ApiError;
pub use clerk_error::ClerkError;
pub use config_error::ConfigError;
pub use error::Error;
pub use timeout_error::TimeoutError;
pub use transport_failure::TransportFailure;
pub use unexpected_response::UnexpectedResponse;

pub(crate) use api_error::Refusal;
pub(crate) use error_context::ResponseInfo;
pub(crate) use failure::{Failure, Stage};
pub(crate) use mismatch::{Mismatch, Reason};
pub(crate) use timeout_error::Timeout;
pub(crate) use unexpected_response::Unexpected;

use chain::write_chain;
use error_context::ErrorContext;
use quoted::Quoted;
