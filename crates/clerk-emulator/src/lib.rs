#![doc = include_str!("../README.md")]
//!
//! # The map
//!
//! ```text
//! Emulator ── Server: a thread, a listener, a connection each
//!    │           │ request
//!    │        service: count it, read it, let a Fault strike
//!    │           │
//!    │        route: path, method, secret key
//!    │           │
//!    │        create · revoke: the form, the effect
//!    │           │
//!    └─────── Instance: key, users, clock, Ledger of IssuedTokens, queue of Faults
//! ```
//!
//! A refusal on the way is a `Refusal`, which prints as Clerk's `ClerkErrors`.

mod actor_token;
mod builder;
mod clock;
mod create;
mod emulator;
mod fault;
mod fault_queue;
mod fault_response;
mod instance;
mod issued_token;
mod json_object;
mod ledger;
mod made_up;
mod redacted;
mod refusal;
mod response;
mod response_body;
mod revoke;
mod route;
mod server;
mod service;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use fault::Fault;
pub use issued_token::{IssuedToken, TokenStatus};
pub use ledger::AcceptError;
