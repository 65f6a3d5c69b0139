//! What the tests share.

pub mod canned;
pub mod client;
pub mod connector;
pub mod fault_case;
pub mod fault_server;
pub mod socket_server;
pub mod stub;
pub mod tls;
