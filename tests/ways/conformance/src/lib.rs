//! A transport on nothing but tokio's sockets.

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind::{Connect, Incomplete, Io, Other, TooLarge},
    async_trait,
    http::{Response, header::CONTENT_LENGTH},
};
use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const MAX_HEAD_LEN: usize = 64 * 1024;
const MAX_BODY_LEN: usize = 1024 * 1024;

/// A transport that speaks HTTP/1.0 in plain text, a version in which the server ends a response by
/// closing the connection.
pub struct TokioTransport;

#[async_trait]
impl HttpTransport for TokioTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        progress.mark_not_written();
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let stream = TcpStream::connect(&authority)
            .await
            .map_err(|error| TransportError::new(Connect, error).with_sent(Sent::No))?;
        progress.mark_written();
        let received = exchange(stream, &message(&request, &authority)).await;
        read(&received.map_err(|error| TransportError::new(Io, error))?)
    }
}

fn message(request: &HttpRequest, authority: &str) -> Vec<u8> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut message =
        format!("{} {target} HTTP/1.0\r\nhost: {authority}\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        message.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    message.extend(b"\r\n");
    message.extend(request.body().as_ref());
    message
}

async fn exchange(mut stream: TcpStream, message: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(message).await?;
    let mut received = Vec::new();
    // Enough to notice that a response is too large, and no more.
    stream.take((MAX_HEAD_LEN + MAX_BODY_LEN) as u64).read_to_end(&mut received).await?;
    Ok(received)
}

fn read(received: &[u8]) -> Result<HttpResponse, TransportError> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| TransportError::new(Incomplete, "no complete head"))?;
    let (head, body) = (&received[..end], &received[end + 4..]);
    let response = read_head(head).ok_or_else(|| TransportError::new(Other, "not HTTP"))?;
    let length = response.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let error = if body.len() > MAX_BODY_LEN {
        TransportError::new(TooLarge, "more than 1 MiB")
    } else if length.is_some_and(|length| length > body.len()) {
        TransportError::new(Incomplete, "less than the content-length")
    } else {
        return Ok(response.map(|()| body.to_vec().into()));
    };
    Err(error.with_head(response.into_parts().0))
}

fn read_head(head: &[u8]) -> Option<Response<()>> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let status = std::str::from_utf8(lines.next()?).ok()?.split(' ').nth(1)?;
    let mut response = Response::builder().status(status);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        response = response.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    response.body(()).ok()
}
