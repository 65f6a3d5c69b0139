use std::{
    io,
    net::{self, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::net::TcpListener;

use super::{connection, service::Service};

/// Listens on this port of 127.0.0.1, or on a free one if it is 0. Returns the address as well.
pub(crate) fn listen(port: u16) -> io::Result<(net::TcpListener, SocketAddr)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listen = || {
        let listener = net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listen().map_err(|error: io::Error| {
        io::Error::new(error.kind(), format!("failed to listen on {address}: {error}"))
    })
}

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
