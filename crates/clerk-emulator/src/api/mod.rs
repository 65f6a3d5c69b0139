//! Clerk's API, without a network: a request goes in, the state changes, a response comes out.

mod actor_token;
mod authenticate;
mod clerk_error;
mod create_form;
mod json_object;
mod operations;
mod refusal;
mod request;
mod response;
mod route;

pub(crate) use refusal::Refusal;
pub(crate) use request::{BODY_LIMIT, RequestBody};
pub(crate) use route::respond;
