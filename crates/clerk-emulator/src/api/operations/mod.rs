//! The operations, one file each.

mod create_actor_token;
mod revoke_actor_token;

pub(crate) use create_actor_token::create_actor_token;
pub(crate) use revoke_actor_token::revoke_actor_token;
