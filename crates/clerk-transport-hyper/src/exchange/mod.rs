//! Exchanges: one request and its response, over one HTTP connection.

mod classify;
mod connection;
mod driver;
mod http1;
mod http2;
mod keep_alive;
mod new_connection;
mod request;
mod response;
mod send_error;

pub(crate) use connection::{Connection, Protocol};
pub(crate) use http1::Http1;
pub(crate) use http2::{Http2, Slot};
pub(crate) use new_connection::NewConnection;
pub(crate) use request::full_request;
pub(crate) use send_error::SendError;
