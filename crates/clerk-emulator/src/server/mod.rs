//! The network side: a thread that listens, a task for each connection, and the service that all
//! requests go through.

mod connection;
mod host;
mod listener;
mod response_body;
mod server_thread;
mod service;

pub(crate) use listener::listen;
pub(crate) use server_thread::ServerThread;
pub(crate) use service::Service;
