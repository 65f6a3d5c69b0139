use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::Duration,
};

use super::{
    request::{Head, Request},
    shared::Shared,
    step::Step,
};

const MAX_HEAD_LEN: usize = 64 * 1024;
const PIECE_LEN: usize = 16 * 1024;

/// The server's side of a connection.
pub(super) struct Connection {
    /// Counted from 1.
    number: usize,
    stream: Arc<TcpStream>,
    patience: Duration,
    shared: Arc<Shared>,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) fn new(
        number: usize,
        stream: TcpStream,
        patience: Duration,
        shared: Arc<Shared>,
    ) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        // On some systems, it is what its listener is.
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        let stream = Arc::new(stream);
        shared.add(&stream);
        Ok(Self { number, stream, patience, shared, buffer: Vec::new() })
    }

    /// Follows the plan for each request, until either side has closed the connection.
    pub(super) fn serve(&mut self, plan: &dyn Fn(&Head) -> Vec<Step>) {
        // It ends with an error, for the client closes the connection sooner or later.
        while let Ok(head) = self.read_head() {
            // A request that arrives after the close is recorded, before it cannot be responded to.
            if plan(&head).into_iter().try_for_each(|step| self.play(step, &head)).is_err() {
                break;
            }
            if !head.keeps_alive() && self.close().is_err() {
                break;
            }
        }
        self.shared.update(|state| state.ledger.ended += 1);
    }

    fn play(&mut self, step: Step, head: &Head) -> io::Result<()> {
        match step {
            Step::ReadBody => {
                let body = self.read_body(head)?;
                let request = Request { connection: self.number, head: head.clone(), body };
                self.shared.update(|state| state.ledger.requests.push(request));
            }
            Step::Call(function) => function(),
            Step::Hold => self.shared.hold(self.patience),
            Step::AwaitClose => match self.fill() {
                Ok(()) => {}
                Err(error) if is_timeout(&error) => {
                    self.shared.update(|state| state.ledger.expired += 1);
                }
                Err(error) => return Err(error),
            },
            Step::Write(bytes) => self.write(&bytes)?,
            Step::WriteResponse(response) => self.write(&response.bytes(head))?,
            Step::WriteMany(count) => {
                let piece = [b'x'; PIECE_LEN];
                for _ in 0..count.div_ceil(PIECE_LEN) {
                    self.write(&piece)?;
                }
            }
            Step::Close => self.close()?,
            Step::Reset => return Err(ErrorKind::ConnectionReset.into()),
        }
        Ok(())
    }

    /// Reads at least one byte.
    fn fill(&mut self) -> io::Result<()> {
        let mut piece = [0; PIECE_LEN];
        match (&*self.stream).read(&mut piece)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                self.buffer.extend(piece.iter().take(count));
                Ok(())
            }
        }
    }

    fn read_head(&mut self) -> io::Result<Head> {
        loop {
            let end = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            if let Some(end) = end {
                let head: Vec<_> = self.buffer.drain(..end + 4).collect();
                return Head::parse(&head).ok_or_else(|| ErrorKind::InvalidData.into());
            }
            if self.buffer.len() > MAX_HEAD_LEN {
                return Err(ErrorKind::InvalidData.into());
            }
            self.fill()?;
        }
    }

    fn read_body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        loop {
            if let Some(length) = head.body_len(&self.buffer) {
                return Ok(self.buffer.drain(..length).collect());
            }
            self.fill()?;
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        (&*self.stream).write_all(bytes)?;
        self.shared.update(|state| state.ledger.written += bytes.len());
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.shared.update(|state| state.ledger.closes += 1);
        Ok(())
    }
}

/// Returns `true` if a read took longer than it may: an error that systems report in two ways.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
