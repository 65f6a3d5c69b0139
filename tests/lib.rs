//! What the tests share.

pub mod socket_server;
pub mod stub;
