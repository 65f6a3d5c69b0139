//! Connectors: how a stream to an origin is opened, directly or through a proxy, and with TLS.

mod connect;
mod connect_error;
mod default_connector;
#[cfg(feature = "proxy")]
mod proxy;
mod proxy_variables;
mod socket;
mod stream;
mod tcp;
#[cfg(test)]
mod test_streams;
mod tls;
#[cfg(not(feature = "proxy"))]
mod without_proxy;

pub(crate) use connect::{BoxError, BoxFuture, Connect};
pub(crate) use connect_error::ConnectError;
pub(crate) use default_connector::{Proxies, default_connector};
pub(crate) use socket::Probe;
pub(crate) use stream::Stream;
#[cfg(test)]
pub(crate) use test_streams::settle;

#[cfg(feature = "proxy")]
use proxy::{are_credentials_refused, direct_or_proxied};
#[cfg(not(feature = "proxy"))]
use without_proxy::{are_credentials_refused, direct_or_proxied};
