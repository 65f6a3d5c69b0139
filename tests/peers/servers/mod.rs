//! The servers and their logs, in the scratch folder.

mod haproxy;
mod nginx;
mod node;
mod ports;
mod request_log;
mod server_process;
mod squid;

pub(crate) use haproxy::Haproxy;
pub(crate) use nginx::{Nginx, Protocol};
pub(crate) use node::Node;
pub(crate) use squid::Squid;
