//! What the tests share.

pub mod socket_server;
pub mod stub;
//! What the tests of this package share.

pub mod client;
pub mod connector;
pub mod fault_case;
pub mod fault_server;
pub mod tls;
