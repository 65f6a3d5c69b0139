use std::time::Duration;

use clerk_bench::{Failure, answer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Answers over HTTP/1.1 by hand: it reads no more than it must to tell where a request ends and
/// what it asks for.
pub(super) async fn serve(
    listener: TcpListener,
    delay: Duration,
    accepted: impl Fn() -> usize,
) -> Result<(), Failure> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        accepted();
        // A client that goes away is no failure of the server's.
        tokio::spawn(async move { converse(stream, delay).await.ok() });
    }
}

async fn converse(mut stream: TcpStream, delay: Duration) -> Result<(), Failure> {
    let [created, revoked] = [answer::CREATED, answer::REVOKED].map(|body| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    let mut read = Vec::with_capacity(4096);
    while stream.read_buf(&mut read).await? > 0 {
        let Some(request) = Request::at_the_start_of(&read) else { continue };
        let answer = if request.is_revoke { &revoked } else { &created };
        read.drain(..request.length);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

struct Request {
    length: usize,
    is_revoke: bool,
}

impl Request {
    fn at_the_start_of(bytes: &[u8]) -> Option<Self> {
        let head_length = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(bytes.get(..head_length)?).ok()?;
        let mut lines = head.split("\r\n");
        let is_revoke = lines.next()?.contains("/revoke ");
        let body_length: usize = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Some(0), |(_, value)| value.trim().parse().ok())?;
        let length = head_length + body_length;
        (bytes.len() >= length).then_some(Self { length, is_revoke })
    }
}
