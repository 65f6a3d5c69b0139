//! The domain types: valid by construction, without HTTP or I/O.

mod actor;
mod actor_token;
mod actor_token_id;
mod actor_token_status;
mod claim_error;
mod claims;
mod create_actor_token;
mod decimal;
mod end_impersonation;
mod ended_impersonation;
mod id;
mod invalid_input;
mod json;
mod json_error;
mod live_sessions;
mod raw_json;
mod same_json;
mod secret;
mod secret_key;
mod session;
mod session_id;
mod unix_millis;
mod user_id;

pub use actor::Actor;
pub use actor_token::ActorToken;
pub use actor_token_id::ActorTokenId;
pub use actor_token_status::ActorTokenStatus;
pub use claim_error::ClaimError;
pub use claims::Claims;
pub use create_actor_token::CreateActorToken;
pub use end_impersonation::EndImpersonation;
pub use ended_impersonation::{EndedImpersonation, EndedToken};
pub use invalid_input::InvalidInput;
pub(crate) use json::{JsonValue, for_each_member, lossy};
pub(crate) use json_error::JsonError;
pub(crate) use live_sessions::LiveSessions;
pub use secret::Secret;
pub use secret_key::SecretKey;
pub(crate) use session::{Session, SessionState};
pub use session_id::SessionId;
pub use unix_millis::UnixMillis;
pub use user_id::UserId;

use raw_json::raw_json;
use same_json::same_json;
