#![doc = include_str!("../README.md")]

mod cause;
mod classify;
mod collect;
mod request_body;
mod tower_transport;

pub use request_body::RequestBody;
pub use tower_transport::TowerTransport;
