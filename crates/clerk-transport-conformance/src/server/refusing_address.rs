use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
};

/// An address that refuses connections for as long as this exists: a connection has its port.
#[derive(Debug)]
pub(crate) struct RefusingAddress {
    address: SocketAddr,
    _connection: (TcpListener, TcpStream),
}

impl RefusingAddress {
    pub(crate) fn new() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        Ok(Self { address: stream.local_addr()?, _connection: (listener, stream) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

#[cfg(test)]
mod tests {
    use std::{io::ErrorKind, net::TcpStream};

    use super::RefusingAddress;

    #[test]
    fn connections_are_refused() {
        let refusing = RefusingAddress::new().unwrap();
        let error = TcpStream::connect(refusing.address()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
}
