//! Translation without I/O: an operation into an [`HttpRequest`](crate::HttpRequest), a response
//! into the operation's output or a failure. The only place that knows paths, headers
//! (`Retry-After` aside) and the JSON of Clerk's responses.

mod actor_token_json;
mod base_url;
mod clerk_errors;
mod create_token;
mod headers;
mod list_sessions;
mod operation;
mod redact;
mod request;
mod response;
mod revoke_session;
mod revoke_token;
mod session_json;
mod session_pages;
#[cfg(feature = "tracing")]
mod success_info;

pub(crate) use base_url::{BaseUrl, PlainHttp};
pub(crate) use create_token::CreateToken;
pub(crate) use headers::{Headers, custom_header};
pub(crate) use list_sessions::ListSessions;
pub(crate) use operation::Operation;
pub(crate) use request::request;
pub(crate) use response::ResponseReader;
pub(crate) use revoke_session::RevokeSession;
pub(crate) use revoke_token::RevokeToken;
pub(crate) use session_pages::{Progress, SessionPages};
#[cfg(feature = "tracing")]
pub(crate) use success_info::SuccessInfo;
