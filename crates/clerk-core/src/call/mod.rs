//! A call: its settings, its requests, and the loop around their attempts. The only async code but
//! for the use cases of several requests.

mod attempt;
#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod call;
mod jitter;
mod limits;
mod program;
mod requests;
mod settings;
mod shared;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "no_spans.rs"]
mod spans;

pub use call::Call;

pub(crate) use limits::Limits;
pub(crate) use program::{Program, Running};
pub(crate) use requests::{FailedRequest, Requests};
pub(crate) use settings::Settings;
pub(crate) use shared::Shared;
