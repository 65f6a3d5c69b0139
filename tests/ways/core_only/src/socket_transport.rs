use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, Sent, TransportError, TransportErrorKind,
    async_trait, http::Response,
};

/// A transport that speaks HTTP/1.0 in plain text, a version in which the server ends a response by
/// closing the connection.
pub struct SocketTransport;

const MAX_RESPONSE_BYTES: u64 = 1024 * 1024;

#[async_trait]
impl HttpTransport for SocketTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let stream = TcpStream::connect(&host).map_err(|error| {
            TransportError::new(TransportErrorKind::Connect, error).with_sent(Sent::No)
        })?;
        exchange(stream, &request, &host)
            .map_err(|error| TransportError::new(TransportErrorKind::Io, error))
    }
}

fn exchange(mut stream: TcpStream, request: &HttpRequest, host: &str) -> io::Result<HttpResponse> {
    write!(stream, "{} {} HTTP/1.0\r\nhost: {host}\r\n", request.method(), request.uri().path())?;
    for (name, value) in request.headers() {
        write!(stream, "{name}: {}\r\n", value.to_str().map_err(io::Error::other)?)?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(request.body().as_ref())?;

    let mut response = String::new();
    stream.take(MAX_RESPONSE_BYTES).read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    Response::builder().status(status).body(body.to_owned().into()).map_err(io::Error::other)
}
