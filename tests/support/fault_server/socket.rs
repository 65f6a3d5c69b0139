use std::{io, time::Duration};

use socket2::Socket;
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection at whatever layer the script has reached.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Has the connection reset, rather than closed, when its last handle is dropped.
pub(super) fn reset_on_drop(socket: &Socket) -> io::Result<()> {
    socket.set_linger(Some(Duration::ZERO))
}
