//! What can go wrong, a variant for each stage. Payloads are our own, so that the use case can
//! stamp them.

mod api_error;
mod config_error;
#[expect(clippy::module_inception, reason = "the name of a file is the name of its type")]
mod error;
mod stamp;
mod timeout_error;
mod transport_failure;
mod unexpected_response;

pub use api_error::{ApiError, ClerkError};
pub use config_error::ConfigError;
pub use error::Error;
pub(crate) use stamp::Stamp;
pub(crate) use timeout_error::TimeLimit;
pub use timeout_error::TimeoutError;
pub use transport_failure::TransportFailure;
pub(crate) use unexpected_response::Misfit;
pub use unexpected_response::UnexpectedResponse;
