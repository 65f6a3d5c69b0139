use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
};

use clerk_core::{
    HttpRequest, HttpResponse, TransportError,
    TransportErrorKind::{Incomplete, Io, Other, TooLarge},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, response::Parts},
};

/// A connection that speaks HTTP/1.1.
pub(crate) struct Connection(BufReader<TcpStream>);

/// A complete response, and whether its connection can be used again.
pub(crate) struct Received {
    pub(crate) response: HttpResponse,
    pub(crate) is_reusable: bool,
}

/// How much of a body is read.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) bytes: usize,
    /// Whether a body that is too large is read to its end nevertheless.
    pub(crate) reads_on: bool,
    /// Whether a body may end early.
    pub(crate) accepts_cut: bool,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    /// Returns `true` if the server has closed an idle connection, or has sent something there.
    pub(crate) fn is_over(&self) -> bool {
        let stream = self.stream();
        let mut byte = [0];
        stream.set_nonblocking(true).unwrap();
        let peeked = stream.peek(&mut byte);
        stream.set_nonblocking(false).unwrap();
        !peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    pub(crate) fn write(
        &mut self,
        request: &HttpRequest,
        host: &str,
    ) -> Result<(), TransportError> {
        let target = request.uri().path_and_query().unwrap();
        let first = format!("{} {target} HTTP/1.1\r\nhost: {host}\r\n", request.method());
        let mut message = first.into_bytes();
        for (name, value) in request.headers() {
            message.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        message.extend(b"\r\n");
        message.extend(request.body().as_ref());
        self.stream().write_all(&message).map_err(failed)
    }

    /// Reads the response that has this head.
    pub(crate) fn read(&mut self, head: Parts, limit: Limit) -> Result<Received, TransportError> {
        match self.read_body(&head, limit) {
            Ok((body, is_reusable)) => {
                let response = Response::from_parts(head, body.into());
                Ok(Received { response, is_reusable })
            }
            Err(error) => Err(error.with_head(head)),
        }
    }

    fn read_line(&mut self) -> Result<String, TransportError> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).map_err(failed)?;
        match line.strip_suffix(b"\r\n") {
            // A string whose characters are the bytes.
            Some(line) => Ok(line.iter().copied().map(char::from).collect()),
            None => Err(TransportError::new(Incomplete, "connection closed in a line")),
        }
    }

    pub(crate) fn read_head(&mut self) -> Result<Parts, TransportError> {
        let line = self.read_line()?;
        let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
        let status = status.and_then(|status| status.parse::<StatusCode>().ok());
        let status = status.ok_or_else(|| TransportError::new(Other, "no status"))?;
        let mut headers = HeaderMap::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) =
                header(&line).ok_or_else(|| TransportError::new(Other, "no header"))?;
            headers.append(name, value);
        }
        let (mut head, ()) = Response::new(()).into_parts();
        (head.status, head.headers) = (status, headers);
        Ok(head)
    }

    /// Returns the body, and whether the connection stays open after it.
    fn read_body(&mut self, head: &Parts, limit: Limit) -> Result<(Vec<u8>, bool), TransportError> {
        let mut body = Vec::new();
        if head.headers.contains_key("transfer-encoding") {
            loop {
                let size = self.read_line();
                if size.is_err() && limit.accepts_cut {
                    return Ok((body, false));
                }
                let size = usize::from_str_radix(&size?, 16);
                let size = size.map_err(|error| TransportError::new(Other, error))?;
                self.read_piece(&mut body, size, limit)?;
                self.read_line()?;
                if size == 0 {
                    return Ok((body, true));
                }
            }
        }
        if let Some(length) = head.headers.get("content-length") {
            let length = length.to_str().ok().and_then(|length| length.parse().ok());
            let length = length.ok_or_else(|| TransportError::new(Other, "no length"))?;
            self.read_piece(&mut body, length, limit)?;
            return Ok((body, true));
        }
        if head.status == StatusCode::NO_CONTENT || head.status == StatusCode::NOT_MODIFIED {
            return Ok((body, true));
        }
        let most = if limit.reads_on { usize::MAX } else { limit.bytes.saturating_add(1) };
        self.0.by_ref().take(most as u64).read_to_end(&mut body).map_err(failed)?;
        if body.len() > limit.bytes { Err(too_large()) } else { Ok((body, false)) }
    }

    /// Adds this many bytes to the body, unless it becomes too large.
    fn read_piece(
        &mut self,
        body: &mut Vec<u8>,
        length: usize,
        limit: Limit,
    ) -> Result<(), TransportError> {
        if body.len() + length > limit.bytes && !limit.reads_on {
            return Err(too_large());
        }
        let read = self.0.by_ref().take(length as u64).read_to_end(body).map_err(failed)?;
        if body.len() > limit.bytes {
            return Err(too_large());
        }
        if read < length && !limit.accepts_cut {
            return Err(TransportError::new(Incomplete, "body is cut off"));
        }
        Ok(())
    }

    /// Reads and discards everything until the server closes the connection.
    pub(crate) fn drain(mut self) {
        let _broken = io::copy(&mut self.0, &mut io::sink());
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let value: Vec<u8> = value.trim().chars().map(|byte| byte as u8).collect();
    Some((name.parse().ok()?, HeaderValue::from_bytes(&value).ok()?))
}

fn failed(error: io::Error) -> TransportError {
    TransportError::new(Io, error)
}

fn too_large() -> TransportError {
    TransportError::new(TooLarge, "more than the limit")
}
