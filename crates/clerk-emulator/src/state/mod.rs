//! The emulated Clerk instance: its users, its clock, its tokens and its sessions. No HTTP.

mod client_token;
mod clock;
pub(crate) mod generate;
mod instance;
mod issued_token;
mod ledger;
mod new_token;
#[cfg(test)]
mod properties;
mod published_key;
mod raw_json;
mod records;
mod redacted;
mod session;
mod session_token;
mod sessions;
mod settings;
mod signer;
mod ticket;
mod tokens;
mod users;

pub(crate) use client_token::ClientToken;
pub(crate) use instance::Instance;
pub use issued_token::{IssuedToken, TokenStatus};
pub use new_token::{IssueError, NewToken};
pub(crate) use published_key::PUBLIC_KEY;
pub(crate) use raw_json::RawJson;
pub(crate) use redacted::Redacted;
pub use session::{Session, SessionStatus};
pub use session_token::SessionTokenVersion;
pub(crate) use session_token::{ISSUER, LIFETIME_IN_SECONDS};
pub use sessions::SessionError;
pub use settings::EndedSessionRevoke;
pub(crate) use settings::Settings;
pub use tokens::AcceptError;
