use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use clerk_bench::{BoxError, response};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// Serves HTTP/1.1 without a library: it parses only what tells where a request ends and which
/// operation it is.
pub(super) async fn serve(
    listener: TcpListener,
    delay: Duration,
    connections: &AtomicUsize,
) -> Result<(), BoxError> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        connections.fetch_add(1, Ordering::Relaxed);
        // Clients may close their connections at any time, so errors are expected.
        tokio::spawn(async move { serve_connection(stream, delay).await.ok() });
    }
}

async fn serve_connection(mut stream: TcpStream, delay: Duration) -> Result<(), BoxError> {
    let [created, revoked] = [response::CREATED, response::REVOKED].map(|body| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    let mut buffer = Vec::with_capacity(4096);
    while stream.read_buf(&mut buffer).await? > 0 {
        let Some(request) = Request::parse(&buffer) else { continue };
        let response = if request.is_revoke { &revoked } else { &created };
        buffer.drain(..request.length);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        stream.write_all(response.as_bytes()).await?;
    }
    Ok(())
}

struct Request {
    length: usize,
    is_revoke: bool,
}

impl Request {
    /// Parses the request at the start of the buffer; `None` if it is incomplete.
    fn parse(buffer: &[u8]) -> Option<Self> {
        let head_length = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(buffer.get(..head_length)?).ok()?;
        let mut lines = head.split("\r\n");
        let is_revoke = lines.next()?.contains("/revoke ");
        let body_length: usize = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Some(0), |(_, value)| value.trim().parse().ok())?;
        let length = head_length + body_length;
        (buffer.len() >= length).then_some(Self { length, is_revoke })
    }
}
