#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! - What answers: [`MockHttpTransport`], with [`reply`] and [`request`].
//! - What goes wrong, and when: [`FaultyTransport`] and [`Fault`].
//! - What time it is: [`ManualTimer`].
//! - What polls, if there is no runtime: [`run_until_stalled`].

mod canned_response;
mod clock;
mod fault;
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
