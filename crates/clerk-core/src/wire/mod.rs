//! Translates: a command into an [`HttpRequest`](crate::HttpRequest), an answer into an
//! [`ActorToken`](crate::ActorToken) or an [`Error`](crate::Error). Pure, and the only place that
//! knows a path, a header or a JSON member.

mod actor_token;
mod answer;
mod clerk_errors;
mod endpoints;
mod headers;
mod request;
mod scrub;

pub(crate) use answer::{no_answer, read};
pub(crate) use endpoints::{Endpoints, PlainHttp};
pub(crate) use headers::{Headers, extra};
pub(crate) use request::Draft;
