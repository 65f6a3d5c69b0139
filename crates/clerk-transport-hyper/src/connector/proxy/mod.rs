//! Proxies: which one a host is reached through, and how.

mod proxy_connector;
mod proxy_error;
mod proxy_rules;
mod proxy_url;
mod resolve;
mod socks5;
mod tunnel;

pub(super) use proxy_connector::direct_or_proxied;
pub(super) use proxy_error::are_credentials_refused;
