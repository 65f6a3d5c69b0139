use std::{io::Write as _, net::Shutdown, sync::Arc};

use bytes::Bytes;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use http::{Request as HttpRequest, Response};
use socket2::Socket;
use tokio::sync::mpsc;

use super::{
    request::Request,
    shared::Shared,
    socket::{Io, reset_on_drop},
    step::Stream,
};

/// How a stream asks for its connection to end.
enum Goodbye {
    GoAway(Reason),
    Graceful,
    Drop,
}

/// Serves HTTP/2 until either side ends the connection.
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
                shared.update(|ledger| ledger.open_streams += 1);
                let (shared, socket) = (Arc::clone(&shared), Arc::clone(&socket));
                let exchange = Exchange { number, shared, socket, respond };
                let (stream, sender) = (streams.next().unwrap_or(Stream::Respond), sender.clone());
                tokio::spawn(async move {
                    let shared = Arc::clone(&exchange.shared);
                    if let Some(goodbye) = exchange.play(stream, request).await {
                        let _already_gone = sender.send(goodbye);
                    }
                    shared.update(|ledger| ledger.open_streams -= 1);
                });
            }
            Some(goodbye) = goodbyes.recv() => match goodbye {
                Goodbye::GoAway(reason) => connection.abrupt_shutdown(reason),
                Goodbye::Graceful => connection.graceful_shutdown(),
                Goodbye::Drop => return,
            }
        }
    }
}

/// The server's side of one stream.
struct Exchange {
    number: usize,
    shared: Arc<Shared>,
    socket: Arc<Socket>,
    respond: SendResponse<Bytes>,
}

impl Exchange {
    async fn play(mut self, stream: Stream, request: HttpRequest<RecvStream>) -> Option<Goodbye> {
        if let Stream::Refuse(reason) = stream {
            self.respond.send_reset(reason);
            return None;
        }
        if matches!(stream, Stream::ReadLate) {
            self.shared.hold().await;
        }
        let authorization = request.headers()["authorization"].clone();
        let body = self.process(request).await?;
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
            Stream::Respond | Stream::Hold | Stream::ReadLate | Stream::RespondAndGoAway => {
                if matches!(stream, Stream::Hold) {
                    self.shared.hold().await;
                }
                let mut sender = self.send_head(body.len())?;
                sender.send_data(body, true).ok()?;
                return matches!(stream, Stream::RespondAndGoAway).then_some(Goodbye::Graceful);
            }
            Stream::Refuse(_) => {}
            Stream::Reset(reason) => self.respond.send_reset(reason),
            Stream::RespondInPart(count, reason) => {
                let mut sender = self.send_head(body.len())?;
                sender.send_data(body.slice(..count), false).ok()?;
                // A reset discards what is not written yet, and the connection writes only while
                // this task yields.
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                sender.send_reset(reason);
            }
            Stream::RespondForever(status) => {
                let response = Response::builder().status(status).body(()).unwrap();
                let mut sender = self.respond.send_response(response, false).ok()?;
                loop {
                    sender.reserve_capacity(16 * 1024);
                    let capacity = std::future::poll_fn(|context| sender.poll_capacity(context))
                        .await?
                        .ok()?;
                    sender.send_data(vec![b'x'; capacity].into(), false).ok()?;
                    self.shared.update(|ledger| ledger.written += capacity);
                }
            }
            Stream::GoAway(reason) => return Some(Goodbye::GoAway(reason)),
            Stream::Fin => {
                self.socket.shutdown(Shutdown::Both).ok()?;
                return Some(Goodbye::Drop);
            }
            Stream::ResetConnection => {
                reset_on_drop(&self.socket).ok()?;
                return Some(Goodbye::Drop);
            }
            Stream::WriteBelowTls(bytes) => (&*self.socket).write_all(bytes).ok()?,
            Stream::Stall => {
                std::future::poll_fn(|context| self.respond.poll_reset(context)).await.ok()?;
            }
        }
        None
    }

    /// Reads the request, has it take effect, and returns the body of the response.
    async fn process(&mut self, request: HttpRequest<RecvStream>) -> Option<Bytes> {
        let (head, mut body) = request.into_parts();
        let mut read = Vec::new();
        while let Some(data) = body.data().await {
            let data = data.ok()?;
            body.flow_control().release_capacity(data.len()).ok()?;
            read.extend_from_slice(&data);
        }
        let request = Request::new(self.number, head.uri.path(), &read);
        Some(self.shared.update(|ledger| ledger.process(&request)).into())
    }

    fn send_head(&mut self, length: usize) -> Option<SendStream<Bytes>> {
        let response = Response::builder()
            .header("content-length", length)
            .header("clerk-trace-id", "trace_1")
            .body(())
            .unwrap();
        self.respond.send_response(response, false).ok()
    }
}
