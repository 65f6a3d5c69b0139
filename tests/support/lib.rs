//! What the test programs share: the calls they make, and servers that respond to them.

pub mod canned;
pub mod client;
pub mod connector;
pub mod fault_case;
pub mod fault_server;
pub mod http2_peer;
pub mod operation;
pub mod socket_server;
pub mod stub;
pub mod tls;
