//! A server on loopback that follows a script, byte by byte, and records what really arrived.

mod http2;
mod ledger;
mod peer;
mod request;
mod response;
mod server;
mod shared;
mod socket;
mod step;

pub use ledger::Ledger;
pub use request::Request;
pub use server::{FaultServer, THREAD};
pub use step::{Ending, Script, Step, Stream, Until};
