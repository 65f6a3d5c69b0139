//! Just the core, over a transport of one's own: here a blocking socket, to show how little is needed.
//!
//! It names `clerk_core` alone. The server that it talks to is the emulator, since an example needs one.
//!
//! ```console
//! $ cargo run --example own_transport
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

use clerk_core::{
    Actor, ActorTokens, Body, CreateActorToken, HttpRequest, HttpResponse, HttpTransport, SecretKey,
    TransportError, TransportErrorKind, UserId, async_trait, http,
};

/// Sends each request on a connection of its own, which the server closes after the answer.
struct OneConnectionEach;

#[async_trait]
impl HttpTransport for OneConnectionEach {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        // Nothing can have been sent on a connection that was not made: that is certain, and so it is said.
        let mut stream = TcpStream::connect(&host)
            .map_err(|error| TransportError::new(TransportErrorKind::Connect, error).not_sent())?;
        // From here on nothing is certain, and a new error says so by itself.
        exchange(&mut stream, &request, &host)
            .map_err(|error| TransportError::new(TransportErrorKind::Io, error))
    }
}

fn exchange(stream: &mut TcpStream, request: &HttpRequest, host: &str) -> io::Result<HttpResponse> {
    const LARGEST: u64 = 1024 * 1024;
    let (method, path) = (request.method(), request.uri().path());
    let mut message =
        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").into_bytes();
    for (name, value) in request.headers() {
        message.extend_from_slice(format!("{name}: ").as_bytes());
        message.extend_from_slice(value.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(request.body().as_ref());
    stream.write_all(&message)?;

    let mut answer = String::new();
    stream.take(LARGEST).read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let headers = lines.filter_map(|line| line.split_once(": "));
    headers
        .fold(http::Response::builder().status(status), |builder, (name, value)| builder.header(name, value))
        .body(Body::from(body.to_owned()))
        .map_err(io::Error::other)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = clerk_emulator::Emulator::start()?;
    let key = SecretKey::new(emulator.secret_key())?;
    let actor_tokens = ActorTokens::builder(OneConnectionEach, key).base_url(emulator.base_url()).build()?;

    let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_support")?);
    let actor_token = actor_tokens.create(command).await?;
    let revoked = actor_tokens.revoke(&actor_token.id).await?;
    println!("{} was {}, and is {}", revoked.id, actor_token.status, revoked.status);
    Ok(())
}
