//! The core over a transport of your own: here a blocking socket, to show how little is needed.
//!
//! A blocking transport suits a program that has nothing else to do while it waits. The core's time
//! limits cannot interrupt it, so it has its own. If other tasks share the thread, move the work to
//! `spawn_blocking`.
//!
//! The client needs `clerk_core` alone; the emulator is here because an example needs a server.
//!
//! ```console
//! $ cargo run --example own_transport
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use clerk_core::{
    Actor, ActorTokens, CreateActorToken, HttpRequest, HttpResponse, HttpTransport, SecretKey,
    Sent, TransportError, TransportErrorKind, UserId, async_trait,
    http::{Response, header::CONTENT_LENGTH, uri::PathAndQuery},
};

/// A transport that opens a connection for each request and speaks HTTP/1.0, so that the server
/// closes it after the response and sends no chunks.
pub(crate) struct OneConnectionEach;

#[async_trait]
impl HttpTransport for OneConnectionEach {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        // Nothing was sent without a connection, and that is certain.
        let stream = TcpStream::connect(&host).map_err(|error| {
            TransportError::new(TransportErrorKind::Connect, error).with_sent(Sent::No)
        })?;
        // From here on it is uncertain, which is what an error says by default.
        let response = exchange(stream, &request, &host)
            .map_err(|error| TransportError::new(TransportErrorKind::Io, error))?;
        read(&response)
    }
}

const TIMEOUT: Duration = Duration::from_secs(10);
const MAX_HEAD_LEN: usize = 64 * 1024;
const MAX_BODY_LEN: usize = 1024 * 1024;

fn exchange(mut stream: TcpStream, request: &HttpRequest, host: &str) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let mut message =
        format!("{} {target} HTTP/1.0\r\nhost: {host}\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        message.extend_from_slice(format!("{name}: ").as_bytes());
        message.extend_from_slice(value.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(request.body().as_ref());
    stream.write_all(&message)?;

    let mut response = Vec::new();
    // Enough to notice that a response is too large, and no more.
    stream.take((MAX_HEAD_LEN + MAX_BODY_LEN) as u64).read_to_end(&mut response)?;
    Ok(response)
}

fn read(response: &[u8]) -> Result<HttpResponse, TransportError> {
    let fail = |kind, reason: &str| TransportError::new(kind, reason);
    let end = response.windows(4).position(|window| window == b"\r\n\r\n");
    let Some((head, body)) =
        end.and_then(|end| Some((response.get(..end)?, response.get(end + 4..)?)))
    else {
        return Err(fail(TransportErrorKind::Incomplete, "head is incomplete"));
    };
    let response =
        read_head(head).ok_or_else(|| fail(TransportErrorKind::Other, "head is not HTTP"))?;

    let length = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let error = if body.len() > MAX_BODY_LEN {
        fail(TransportErrorKind::TooLarge, "body is larger than 1 MiB")
    } else if length.is_some_and(|length: usize| length > body.len()) {
        fail(TransportErrorKind::Incomplete, "body is shorter than its content-length")
    } else {
        return Ok(response.map(|()| body.to_vec().into()));
    };
    Err(error.with_head(response.into_parts().0))
}

fn read_head(head: &[u8]) -> Option<Response<()>> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let status = first.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    let mut response = Response::builder().status(status);
    // As bytes, for the value of a header need not be a string.
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        response = response.header(line.get(..colon)?, line.get(colon + 1..)?.trim_ascii());
    }
    response.body(()).ok()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = clerk_emulator::Emulator::start()?;
    let key = SecretKey::new(emulator.secret_key())?;
    let actor_tokens =
        ActorTokens::builder(OneConnectionEach, key).base_url(emulator.base_url()).build()?;

    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(UserId::new("user_1")?, actor);
    let actor_token = actor_tokens.create(command).await?;
    let revoked = actor_tokens.revoke(&actor_token.id).await?;
    println!("{} was {} and is now {}", revoked.id, actor_token.status, revoked.status);
    Ok(())
}
