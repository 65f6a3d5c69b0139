use std::{
    io::{self, Write as _},
    net::Shutdown,
    sync::Arc,
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use socket2::{SockRef, Socket};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{Ending, Operation, Request, Shared, Step, http2, ledger::over_http1};

/// Is the server's side of one connection.
pub(super) struct Peer {
    io: Box<dyn Io>,
    /// The bare socket below all layers.
    socket: Arc<Socket>,
    number: usize,
    shared: Arc<Shared>,
    buffer: BytesMut,
    /// The answer to the request that was read last.
    answer: Bytes,
}

pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Peer {
    pub(super) fn new(stream: TcpStream, number: usize, shared: Arc<Shared>) -> Self {
        stream.set_nodelay(true).unwrap();
        let socket = Arc::new(SockRef::from(&stream).try_clone().unwrap());
        let (buffer, answer) = (BytesMut::new(), Bytes::new());
        Self { io: Box::new(stream), socket, number, shared, buffer, answer }
    }

    pub(super) async fn take(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Tls(config) => {
                let bare = std::mem::replace(&mut self.io, Box::new(tokio::io::empty()));
                match TlsAcceptor::from(config).accept(bare).into_fallible().await {
                    Ok(io) => self.io = Box::new(io),
                    Err((error, bare)) => {
                        // With bytes left unread, the close would be a reset, which may overtake
                        // the alert.
                        self.io = bare;
                        self.socket.shutdown(Shutdown::Write)?;
                        self.drain().await?;
                        return Err(error);
                    }
                }
            }
            Step::Http2(streams) => {
                let io = std::mem::replace(&mut self.io, Box::new(tokio::io::empty()));
                http2::serve(
                    io,
                    Arc::clone(&self.socket),
                    self.number,
                    Arc::clone(&self.shared),
                    streams,
                )
                .await;
            }
            Step::ReadSome(bytes) => {
                while self.buffer.len() < bytes {
                    self.fill().await?;
                }
                self.buffer.advance(bytes);
            }
            Step::Read => {
                let request = self.read().await?;
                self.answer = self.answer_to(&request);
            }
            Step::ReadInVain => {
                let request = self.read().await?;
                self.shared.enter(|ledger| ledger.requests.push(request));
            }
            Step::Answer => self.write(self.answer.clone()).await?,
            Step::AnswerCut(bytes) => self.write(self.answer.slice(..bytes)).await?,
            Step::Write(bytes) => self.write(bytes).await?,
            Step::WriteBare(bytes) => (&*self.socket).write_all(bytes)?,
            Step::Endless(bytes) => loop {
                self.write(bytes.clone()).await?;
            },
            Step::Drip(bytes) => {
                for at in 0..bytes.len() {
                    self.hold().await;
                    self.write(bytes.slice(at..=at)).await?;
                }
            }
            Step::Hold => self.hold().await,
            Step::Linger(times) => {
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
                reset(&self.socket)?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Step::Stall => self.drain().await?,
            Step::Serve => loop {
                let request = self.read().await?;
                let answer = self.answer_to(&request);
                self.write(answer).await?;
            },
            Step::ServeUntil(until) => loop {
                let request = self.read().await?;
                let answer = self.answer_to(&request);
                self.write(answer).await?;
                let Some(ending) = until.ending(&request.name) else { continue };
                if matches!(ending, Ending::AtNextByte) {
                    self.fill().await?;
                }
                return Box::pin(self.take(Step::Close)).await;
            },
        }
        Ok(())
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.io.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn read(&mut self) -> io::Result<Request> {
        loop {
            if let Some((operation, name, length)) = parse(&self.buffer) {
                self.buffer.advance(length);
                return Ok(Request { connection: self.number, operation, name });
            }
            self.fill().await?;
        }
    }

    fn answer_to(&self, request: &Request) -> Bytes {
        let body = self.shared.enter(|ledger| ledger.take(request));
        over_http1(&body).into()
    }

    async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        self.io.write_all(&bytes).await?;
        self.io.flush().await?;
        self.shared.enter(|ledger| ledger.written += bytes.len());
        Ok(())
    }

    async fn hold(&mut self) {
        self.shared.permits.acquire().await.unwrap().forget();
    }

    /// Waits for the client's end of the connection, and takes nothing that comes before it for a
    /// request.
    async fn drain(&mut self) -> io::Result<()> {
        loop {
            let unread = self.buffer.len();
            self.shared.enter(|ledger| ledger.unread += unread);
            self.buffer.clear();
            self.fill().await?;
        }
    }
}

/// Has the socket be reset when its last owner lets go of it.
pub(super) fn reset(socket: &Socket) -> io::Result<()> {
    socket.set_linger(Some(Duration::ZERO))
}

/// Reads a request, if it is whole, and tells how long it is.
fn parse(bytes: &[u8]) -> Option<(Operation, String, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let length = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let length = end + length.expect("every request says how long it is");
    let body = bytes.get(end..length)?;
    let path = line.split(' ').nth(1).unwrap();
    let (operation, name) = name(path, body);
    Some((operation, name, length))
}

/// Gives what a request asks for, and the name of its call.
pub(super) fn name(path: &str, body: &[u8]) -> (Operation, String) {
    if let Some(id) = path.strip_suffix("/revoke").and_then(|path| path.rsplit('/').next()) {
        return (Operation::Revoke, id.to_owned());
    }
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    (Operation::Create, body["actor"]["call"].as_str().unwrap_or_default().to_owned())
}
