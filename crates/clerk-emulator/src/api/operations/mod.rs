//! The operations, one file each.

mod accept_ticket;
mod create_actor_token;
mod create_client_session_token;
mod create_session_token;
mod end_client_session;
mod end_on_session_page;
mod get_jwks;
mod get_session;
mod list_sessions;
mod open_session_page;
mod open_sign_in_page;
mod revoke_actor_token;
mod revoke_session;
mod sign_in;
mod touch_client_session;

pub(crate) use accept_ticket::accept_ticket;
pub(crate) use create_actor_token::create_actor_token;
pub(crate) use create_client_session_token::create_client_session_token;
pub(crate) use create_session_token::create_session_token;
pub(crate) use end_client_session::end_client_session;
pub(crate) use end_on_session_page::end_on_session_page;
pub(crate) use get_jwks::get_jwks;
pub(crate) use get_session::get_session;
pub(crate) use list_sessions::list_sessions;
pub(crate) use open_session_page::open_session_page;
pub(crate) use open_sign_in_page::open_sign_in_page;
pub(crate) use revoke_actor_token::revoke_actor_token;
pub(crate) use revoke_session::revoke_session;
pub(crate) use sign_in::sign_in;
pub(crate) use touch_client_session::touch_client_session;
