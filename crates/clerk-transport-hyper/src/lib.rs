#![doc = include_str!("../README.md")]

mod builder;
mod classify;
mod connect;
mod connection;
mod hyper_transport;
mod origin;
mod route;
mod tls;

pub use builder::HyperTransportBuilder;
pub use clerk_timer_tokio::TokioTimer;
pub use hyper_transport::HyperTransport;
/// Is the TLS library whose `ClientConfig` [`HyperTransportBuilder::tls_config`] takes.
pub use rustls;
