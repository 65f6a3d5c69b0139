//! HTTP/2 with the `h2` crate: a connection that many calls share, a stream for each of them.

mod connection;
mod driver;
mod errors;
mod response;
mod slot;
mod streams;

pub(crate) use connection::Http2;
pub(crate) use slot::Slot;
