#![doc = include_str!("../README.md")]

mod reqwest_service;
mod reqwest_transport;

pub use clerk_timer_tokio::TokioTimer;
pub use reqwest_transport::ReqwestTransport;
