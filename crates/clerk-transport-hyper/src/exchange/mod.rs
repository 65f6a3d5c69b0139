//! Exchanges: one request and its response, over one HTTP connection.

mod classify;
mod connection;
mod driver;
mod http1;
#[cfg(feature = "http2")]
mod http2;
mod keep_alive;
mod new_connection;
mod request;
mod request_body;
mod response;
mod response_body;
mod send_error;
#[cfg(not(feature = "http2"))]
mod without_http2;

pub(crate) use connection::{Connection, Protocol};
pub(crate) use http1::Http1;
#[cfg(feature = "http2")]
pub(crate) use http2::{Http2, Slot};
pub(crate) use new_connection::NewConnection;
pub(crate) use request::full_request;
pub(crate) use send_error::SendError;
#[cfg(not(feature = "http2"))]
pub(crate) use without_http2::{Http2, Slot};
