//! Exchanges: one request and its response, over one HTTP connection.

mod classify;
mod connection;
mod driver;
mod executor;
mod http1;
mod http2;
mod keep_alive;
mod request;
mod response;

pub(crate) use classify::handed_back;
pub(crate) use connection::{Connection, Protocol, SendError};
pub(crate) use http1::Http1;
pub(crate) use http2::Http2;
pub(crate) use request::full_request;
pub(crate) use response::read_response;
