//! Connectors: how a stream to an origin is opened, directly or through a proxy, and with TLS.

mod connect;
mod connect_error;
mod default_connector;
#[cfg(test)]
mod memory_stream;
mod proxy;
mod proxy_error;
mod proxy_rules;
mod proxy_url;
mod resolve;
mod socket;
mod socks5;
mod stream;
mod tcp;
mod tls;
mod tunnel;

pub(crate) use connect::{BoxError, BoxFuture, Connect};
pub(crate) use connect_error::ConnectError;
pub(crate) use default_connector::{Proxies, default_connector};
#[cfg(test)]
pub(crate) use memory_stream::settle;
pub(crate) use socket::Probe;
pub(crate) use stream::Stream;
