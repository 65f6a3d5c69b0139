//! The words of the domain: values that cannot be wrong once they exist. No HTTP, no I/O.

mod actor;
mod actor_token;
mod actor_token_id;
mod actor_token_status;
mod claims;
mod create_actor_token;
mod id;
mod invalid_input;
mod json;
mod secret;
mod secret_key;
mod unix_millis;
mod user_id;

pub use actor::Actor;
pub use actor_token::ActorToken;
pub use actor_token_id::ActorTokenId;
pub use actor_token_status::ActorTokenStatus;
pub use claims::{ClaimError, Claims};
pub use create_actor_token::CreateActorToken;
pub use invalid_input::InvalidInput;
pub(crate) use json::{JsonFault, for_each_member, text};
pub use secret::Secret;
pub use secret_key::SecretKey;
pub use unix_millis::UnixMillis;
pub use user_id::UserId;
