//! A call to one operation: its settings, its attempts, and the loop around them. The only async
//! code.

mod attempt;
#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod call;
mod jitter;
mod limits;
mod program;
mod run;
mod settings;
mod shared;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "no_spans.rs"]
mod spans;

pub use call::Call;

pub(crate) use limits::Limits;
pub(crate) use shared::Shared;

use settings::Settings;
