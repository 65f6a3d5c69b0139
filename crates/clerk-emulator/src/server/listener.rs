use std::time::Duration;

use tokio::net::TcpListener;

use super::{connection, service::Service};

/// Accepts connections forever and serves each in a task of its own.
pub(crate) async fn accept_connections(listener: &TcpListener, service: &Service) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection::serve(stream, service.clone()))),
            // Most likely out of file descriptors. That passes, but not at once.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
