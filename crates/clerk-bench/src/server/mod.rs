//! A cheap server on loopback in a process of its own: this program again, with the command
//! `serve`.

mod plain;
mod protocol;
mod serve;
mod server_process;
mod tls;

pub use protocol::Protocol;
pub use serve::serve;
pub use server_process::ServerProcess;
