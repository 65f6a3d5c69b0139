//! A server that records what really arrives: a thread for each connection, and no library.

mod connection;
mod ledger;
mod listener;
mod refusing_address;
mod request;
mod response;
mod shared;
mod step;

pub(crate) use ledger::Ledger;
pub(crate) use listener::Server;
pub(crate) use refusing_address::RefusingAddress;
pub(crate) use request::{Head, Request};
pub(crate) use response::{Framing, Response};
pub(crate) use step::Step;
