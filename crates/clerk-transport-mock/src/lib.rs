#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! - Expected requests and their replies: [`MockHttpTransport`], with [`request`] and [`reply`].
//! - Faults: [`FaultyTransport`] and [`Fault`].
//! - Time: [`ManualTimer`].
//! - Polling without a runtime: [`run_until_stalled`].

mod clock;
mod fault;
mod fault_response;
mod faulty_transport;
mod manual_timer;
mod mock_http_transport;
mod operation;
pub mod reply;
pub mod request;
mod run_until_stalled;
mod sleep;

pub use fault::Fault;
pub use faulty_transport::FaultyTransport;
pub use manual_timer::ManualTimer;
pub use mock_http_transport::MockHttpTransport;
pub use mockall;
pub use run_until_stalled::run_until_stalled;
