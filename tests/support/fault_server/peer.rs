use std::{
    io::{self, Write as _},
    net::Shutdown,
    sync::Arc,
};

use bytes::{Buf as _, Bytes, BytesMut};
use socket2::{SockRef, Socket};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{
    http2,
    request::Request,
    response::over_http1,
    shared::Shared,
    socket::{Io, reset_on_drop},
    step::{Ending, Step},
};

/// The server's side of one connection.
pub(super) struct Peer {
    io: Box<dyn Io>,
    /// The socket below all layers.
    socket: Arc<Socket>,
    number: usize,
    shared: Arc<Shared>,
    buffer: BytesMut,
    /// The response to the last request.
    response: Bytes,
}

impl Peer {
    pub(super) fn new(stream: TcpStream, number: usize, shared: Arc<Shared>) -> Self {
        stream.set_nodelay(true).unwrap();
        let socket = Arc::new(SockRef::from(&stream).try_clone().unwrap());
        let (buffer, response) = (BytesMut::new(), Bytes::new());
        Self { io: Box::new(stream), socket, number, shared, buffer, response }
    }

    pub(super) async fn play(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Tls(config) => {
                match TlsAcceptor::from(config).accept(self.take_io()).into_fallible().await {
                    Ok(io) => {
                        self.io = Box::new(io);
                        self.shared.update(|ledger| ledger.handshakes += 1);
                    }
                    Err((error, io)) => {
                        // A close with bytes left unread would be a reset, which may overtake the
                        // alert.
                        self.io = io;
                        self.socket.shutdown(Shutdown::Write)?;
                        self.drain().await?;
                        return Err(error);
                    }
                }
            }
            Step::Http2(streams) => {
                let (socket, shared) = (Arc::clone(&self.socket), Arc::clone(&self.shared));
                http2::serve(self.take_io(), socket, self.number, shared, streams).await;
            }
            Step::ReadBytes(count) => {
                while self.buffer.len() < count {
                    self.fill().await?;
                }
                self.buffer.advance(count);
            }
            Step::Read => {
                let request = self.read().await?;
                self.response = self.process(&request);
            }
            Step::ReadWithoutEffect => {
                let request = self.read().await?;
                self.shared.update(|ledger| ledger.requests.push(request));
            }
            Step::Respond => self.write(self.response.clone()).await?,
            Step::RespondInPart(count) => self.write(self.response.slice(..count)).await?,
            Step::Write(bytes) => self.write(bytes).await?,
            Step::WriteBelowTls(bytes) => (&*self.socket).write_all(bytes)?,
            Step::WriteForever(bytes) => loop {
                self.write(bytes.clone()).await?;
            },
            Step::Drip(bytes) => {
                for at in 0..bytes.len() {
                    self.shared.hold().await;
                    self.write(bytes.slice(at..=at)).await?;
                }
            }
            Step::Hold => self.shared.hold().await,
            Step::Yield(times) => {
                for _ in 0..times {
                    tokio::task::yield_now().await;
                }
            }
            Step::Close => {
                self.io.shutdown().await?;
                self.drain().await?;
            }
            Step::Fin => {
                self.socket.shutdown(Shutdown::Write)?;
                self.drain().await?;
            }
            Step::Reset => {
                reset_on_drop(&self.socket)?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Step::Stall => self.drain().await?,
            Step::Serve => loop {
                self.exchange().await?;
            },
            Step::ServeUntil(until) => loop {
                let request = self.exchange().await?;
                let Some(ending) = until.ending(&request.name) else { continue };
                if matches!(ending, Ending::AtNextByte) {
                    self.fill().await?;
                }
                return Box::pin(self.play(Step::Close)).await;
            },
        }
        Ok(())
    }

    fn take_io(&mut self) -> Box<dyn Io> {
        std::mem::replace(&mut self.io, Box::new(tokio::io::empty()))
    }

    /// Reads at least one byte.
    async fn fill(&mut self) -> io::Result<()> {
        match self.io.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn read(&mut self) -> io::Result<Request> {
        loop {
            if let Some((request, length)) = Request::parse(self.number, &self.buffer) {
                self.buffer.advance(length);
                return Ok(request);
            }
            self.fill().await?;
        }
    }

    fn process(&self, request: &Request) -> Bytes {
        let body = self.shared.update(|ledger| ledger.process(request));
        over_http1(&body).into()
    }

    /// Reads a request and responds properly.
    async fn exchange(&mut self) -> io::Result<Request> {
        let request = self.read().await?;
        let response = self.process(&request);
        self.write(response).await?;
        Ok(request)
    }

    async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        self.io.write_all(&bytes).await?;
        self.io.flush().await?;
        self.shared.update(|ledger| ledger.written += bytes.len());
        Ok(())
    }

    /// Discards whatever arrives until the client closes the connection.
    async fn drain(&mut self) -> io::Result<()> {
        loop {
            let unread = self.buffer.len();
            self.shared.update(|ledger| ledger.unread += unread);
            self.buffer.clear();
            self.fill().await?;
        }
    }
}
