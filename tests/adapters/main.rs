//! What the adapters for tower and reqwest do beyond the requirements that every transport meets.

mod conformance;
mod faults;
mod http2;
mod in_process;
mod mission;
mod settings;
mod tls;
mod transports;
