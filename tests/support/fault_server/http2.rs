use std::{io::Write as _, net::Shutdown, sync::Arc};

use bytes::Bytes;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use http::{Request as HttpRequest, Response};
use socket2::Socket;
use tokio::sync::mpsc;

use super::{
    Request, Shared, Stream,
    peer::{Io, name, reset},
};

/// What a stream asks of its connection.
enum Goodbye {
    GoAway(Reason),
    InOrder,
    Drop,
}

/// Speaks HTTP/2 until one side has enough.
pub(super) async fn serve(
    io: Box<dyn Io>,
    socket: Arc<Socket>,
    number: usize,
    shared: Arc<Shared>,
    streams: Vec<Stream>,
) {
    let Ok(mut connection) = h2::server::handshake(io).await else { return };
    let (sender, mut goodbyes) = mpsc::unbounded_channel();
    let mut streams = streams.into_iter();
    loop {
        tokio::select! {
            accepted = connection.accept() => {
                let Some(Ok((request, respond))) = accepted else { return };
                let exchange = Exchange { number, shared: Arc::clone(&shared), socket: Arc::clone(&socket), respond };
                let (stream, sender) = (streams.next().unwrap_or(Stream::Answer), sender.clone());
                tokio::spawn(async move {
                    if let Some(goodbye) = exchange.take(stream, request).await {
                        let _gone = sender.send(goodbye);
                    }
                });
            }
            Some(goodbye) = goodbyes.recv() => match goodbye {
                Goodbye::GoAway(reason) => connection.abrupt_shutdown(reason),
                Goodbye::InOrder => connection.graceful_shutdown(),
                Goodbye::Drop => return,
            }
        }
    }
}

struct Exchange {
    number: usize,
    shared: Arc<Shared>,
    socket: Arc<Socket>,
    respond: SendResponse<Bytes>,
}

impl Exchange {
    async fn take(mut self, stream: Stream, request: HttpRequest<RecvStream>) -> Option<Goodbye> {
        if let Stream::Refuse(reason) = stream {
            self.respond.send_reset(reason);
            return None;
        }
        let authorization = request.headers()["authorization"].clone();
        let body = self.read(request).await?;
        match stream {
            Stream::Echo(status, body) => {
                let response = Response::builder()
                    .status(status)
                    .header("clerk-trace-id", authorization.clone())
                    .header("x-echo", authorization)
                    .body(())
                    .unwrap();
                let mut sender = self.respond.send_response(response, false).ok()?;
                sender.send_data(body.into(), true).ok()?;
            }
            Stream::Answer | Stream::Hold | Stream::AnswerAndGoAway => {
                if matches!(stream, Stream::Hold) {
                    self.shared.permits.acquire().await.ok()?.forget();
                }
                let mut sender = self.head(200, body.len())?;
                sender.send_data(body, true).ok()?;
                return matches!(stream, Stream::AnswerAndGoAway).then_some(Goodbye::InOrder);
            }
            Stream::Refuse(_) => {}
            Stream::Reset(reason) => self.respond.send_reset(reason),
            Stream::Cut(bytes, reason) => {
                let mut sender = self.head(200, body.len())?;
                sender.send_data(body.slice(..bytes), false).ok()?;
                // A reset takes along what was not written yet; the connection's turn comes when
                // this task gives way.
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                sender.send_reset(reason);
            }
            Stream::Endless(status) => {
                let response = Response::builder().status(status).body(()).unwrap();
                let mut sender = self.respond.send_response(response, false).ok()?;
                loop {
                    sender.reserve_capacity(16 * 1024);
                    let capacity = std::future::poll_fn(|context| sender.poll_capacity(context))
                        .await?
                        .ok()?;
                    sender.send_data(vec![b'x'; capacity].into(), false).ok()?;
                    self.shared.enter(|ledger| ledger.written += capacity);
                }
            }
            Stream::GoAway(reason) => return Some(Goodbye::GoAway(reason)),
            Stream::Fin => {
                self.socket.shutdown(Shutdown::Both).ok()?;
                return Some(Goodbye::Drop);
            }
            Stream::ResetConnection => {
                reset(&self.socket).ok()?;
                return Some(Goodbye::Drop);
            }
            Stream::WriteBare(bytes) => (&*self.socket).write_all(bytes).ok()?,
            Stream::Stall => {
                std::future::poll_fn(|context| self.respond.poll_reset(context)).await.ok()?;
            }
        }
        None
    }

    /// Reads the request, has done what it asks for, and gives the answer's body.
    async fn read(&mut self, request: HttpRequest<RecvStream>) -> Option<Bytes> {
        let (head, mut body) = request.into_parts();
        let mut read = Vec::new();
        while let Some(data) = body.data().await {
            let data = data.ok()?;
            body.flow_control().release_capacity(data.len()).ok()?;
            read.extend_from_slice(&data);
        }
        let (operation, name) = name(head.uri.path(), &read);
        let request = Request { connection: self.number, operation, name };
        Some(self.shared.enter(|ledger| ledger.take(&request)).into())
    }

    fn head(&mut self, status: u16, length: usize) -> Option<SendStream<Bytes>> {
        let response = Response::builder()
            .status(status)
            .header("content-length", length)
            .header("clerk-trace-id", "trace_1")
            .body(())
            .unwrap();
        self.respond.send_response(response, false).ok()
    }
}
