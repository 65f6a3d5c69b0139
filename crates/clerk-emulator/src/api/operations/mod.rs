//! The operations, one file each.

mod create_actor_token;
mod get_session;
mod list_sessions;
mod revoke_actor_token;
mod revoke_session;

pub(crate) use create_actor_token::create_actor_token;
pub(crate) use get_session::get_session;
pub(crate) use list_sessions::list_sessions;
pub(crate) use revoke_actor_token::revoke_actor_token;
pub(crate) use revoke_session::revoke_session;
