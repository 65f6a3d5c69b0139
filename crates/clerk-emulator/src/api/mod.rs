//! Clerk's API, without a network: a request goes in, the state changes, a response comes out.

mod actor;
mod actor_token;
mod authenticate;
mod call;
mod clerk_error;
mod client_credentials;
mod client_response;
mod client_session;
mod create_form;
mod endpoint;
mod json_object;
mod operation;
mod operations;
mod page;
mod parameter;
#[cfg(test)]
mod properties;
mod redirect;
mod refusal;
mod request;
mod response;
mod route;
mod session;
mod session_query;
mod session_token_form;
mod sign_in_form;
mod ticket_refusal;
mod token;

pub(crate) use actor::actor_sub;
pub use operation::Operation;
pub(crate) use refusal::Refusal;
pub(crate) use request::{BODY_LIMIT, RequestBody};
pub(crate) use route::{operation, respond};
