//! The emulated Clerk instance: its users, its clock and its tokens. No HTTP.

mod clock;
pub(crate) mod generate;
mod instance;
mod issued_token;
mod ledger;
mod redacted;

pub(crate) use instance::Instance;
pub use issued_token::{IssuedToken, TokenStatus};
pub use ledger::AcceptError;
pub(crate) use ledger::{NewToken, RevokeError};
pub(crate) use redacted::Redacted;
