use serde_json::Value;

use crate::operation::Operation;

/// A request that was read to its last byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number of its connection.
    pub connection: usize,
    pub operation: Operation,
    /// The actor's claim `call` in a create, the id in a revoke: unique to a call, and the same in
    /// all its attempts.
    pub name: String,
}

impl Request {
    pub(super) fn new(connection: usize, path: &str, body: &[u8]) -> Self {
        if let Some(id) = path.strip_suffix("/revoke").and_then(|path| path.rsplit('/').next()) {
            return Self { connection, operation: Operation::Revoke, name: id.to_owned() };
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let name = body["actor"]["call"].as_str().unwrap_or_default().to_owned();
        Self { connection, operation: Operation::Create, name }
    }

    /// Parses a request over HTTP/1.1, if it is complete, and returns its length with it.
    pub(super) fn parse(connection: usize, bytes: &[u8]) -> Option<(Self, usize)> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let (line, headers) = head.split_once("\r\n").unwrap();
        let body_length = headers.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        });
        let length = end + body_length.expect("every request has a content-length");
        let body = bytes.get(end..length)?;
        let path = line.split(' ').nth(1).unwrap();
        Some((Self::new(connection, path, body), length))
    }
}
