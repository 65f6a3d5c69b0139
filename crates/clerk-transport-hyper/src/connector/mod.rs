//! Connectors: how a stream to an origin is opened, directly or through a proxy, and with TLS.

mod connect;
mod connect_error;
mod default_connector;
#[cfg(test)]
mod memory_stream;
#[cfg(feature = "proxy")]
mod proxy;
mod proxy_variables;
mod socket;
mod stream;
mod tcp;
mod tls;
#[cfg(not(feature = "proxy"))]
mod without_proxy;

pub(crate) use connect::{BoxError, BoxFuture, Connect};
pub(crate) use connect_error::ConnectError;
pub(crate) use default_connector::{Proxies, default_connector};
#[cfg(test)]
pub(crate) use memory_stream::settle;
pub(crate) use socket::Probe;
pub(crate) use stream::Stream;

#[cfg(feature = "proxy")]
use proxy::{are_credentials_refused, direct_or_proxied};
#[cfg(not(feature = "proxy"))]
use without_proxy::{are_credentials_refused, direct_or_proxied};
