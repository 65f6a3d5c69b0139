//! Just the core, over a transport of one's own: here a blocking socket, to show how little is
//! needed.
//!
//! A blocking transport is for a program that has nothing else to do meanwhile: no time limit of
//! core's can stop it, so it brings its own. One that shares its thread with others would move the
//! work to `spawn_blocking`.
//!
//! It names `clerk_core` alone. The server that it talks to is the emulator, since an example needs
//! one.
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

/// Sends each request on a connection of its own, by HTTP/1.0: the server closes after the answer,
/// and sends no chunks.
pub(crate) struct OneConnectionEach;

#[async_trait]
impl HttpTransport for OneConnectionEach {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        // Nothing can have been sent on a connection that was not made: that is certain, and so it
        // is said.
        let stream = TcpStream::connect(&host).map_err(|error| {
            TransportError::new(TransportErrorKind::Connect, error).with_sent(Sent::No)
        })?;
        // From here on nothing is certain, and a new error says so by itself.
        let answer = exchange(stream, &request, &host)
            .map_err(|error| TransportError::new(TransportErrorKind::Io, error))?;
        read(&answer)
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_BODY: usize = 1024 * 1024;

fn exchange(mut stream: TcpStream, request: &HttpRequest, host: &str) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
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

    let mut answer = Vec::new();
    // No more than can be needed to see that it is too much.
    stream.take((LARGEST_HEAD + LARGEST_BODY) as u64).read_to_end(&mut answer)?;
    Ok(answer)
}

fn read(answer: &[u8]) -> Result<HttpResponse, TransportError> {
    let fail = |kind, reason: &str| TransportError::new(kind, reason);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let Some((head, body)) = end.and_then(|end| Some((answer.get(..end)?, answer.get(end + 4..)?)))
    else {
        return Err(fail(TransportErrorKind::Incomplete, "the head is not complete"));
    };
    let response =
        read_head(head).ok_or_else(|| fail(TransportErrorKind::Other, "the head is no HTTP"))?;

    let length = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let fault = if body.len() > LARGEST_BODY {
        fail(TransportErrorKind::TooLarge, "the body is larger than 1 MiB")
    } else if length.is_some_and(|length: usize| length > body.len()) {
        fail(TransportErrorKind::Incomplete, "the body is shorter than was promised")
    } else {
        return Ok(response.map(|()| body.to_vec().into()));
    };
    Err(fault.with_head(response.into_parts().0))
}

fn read_head(head: &[u8]) -> Option<Response<()>> {
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    let mut response = Response::builder().status(status);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        response = response.header(name, value.trim());
    }
    response.body(()).ok()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = clerk_emulator::Emulator::start()?;
    let key = SecretKey::new(emulator.secret_key())?;
    let actor_tokens =
        ActorTokens::builder(OneConnectionEach, key).base_url(emulator.base_url()).build()?;

    let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_support")?);
    let actor_token = actor_tokens.create(command).await?;
    let revoked = actor_tokens.revoke(&actor_token.id).await?;
    println!("{} was {}, and is {}", revoked.id, actor_token.status, revoked.status);
    Ok(())
}
