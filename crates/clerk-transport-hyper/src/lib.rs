#![doc = include_str!("../README.md")]

mod builder;
mod cause;
mod connector;
mod exchange;
mod hyper_transport;
mod limits;
mod pool;
mod task;

pub use builder::HyperTransportBuilder;
pub use clerk_timer_tokio::TokioTimer;
pub use hyper_transport::HyperTransport;
/// The TLS library whose `ClientConfig` [`HyperTransportBuilder::tls_config`] takes.
pub use rustls;
