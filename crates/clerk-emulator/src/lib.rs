#![doc = include_str!("../README.md")]
//!
//! # The map
//!
//! ```text
//! Emulator ──► server ──► faults ──► api ──► state
//! ```
//!
//! A request goes through the folders from left to right, and each imports only from those to its
//! right:
//!
//! - `server` reads it from the network, lets a fault fire, and writes the response,
//! - `faults` queues what a test has injected, in place of a response or around it,
//! - `api` finds the operation, checks the key and the form, and responds or refuses,
//! - `state` changes: the users, the clock, the tokens and the sessions of one Clerk instance.
//!
//! `Emulator` is the handle to it all: it starts the server, injects faults, and shows the state.

mod api;
mod builder;
mod emulator;
mod faults;
mod server;
mod state;

pub use api::Operation;
pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use faults::Fault;
pub use state::{
    AcceptError, EndedSessionRevoke, IssueError, IssuedToken, NewToken, Session, SessionError,
    SessionStatus, SessionTokenVersion, TokenStatus,
};
