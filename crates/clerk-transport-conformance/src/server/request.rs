/// The head of a request.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) version: Version,
    /// The names, in lowercase, and the values of the headers.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

/// A version of HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Without chunks. The server closes the connection after each response.
    Http10,
    Http11,
}

/// A request that was read to its last byte.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The number of its connection, counted from 1.
    pub(crate) connection: usize,
    pub(crate) head: Head,
    /// As it arrived: chunks are not put together.
    pub(crate) body: Vec<u8>,
}

impl Head {
    /// Parses a head that ends with an empty line.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let first = std::str::from_utf8(lines.next()?).ok()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let version = match words.next()? {
            "HTTP/1.0" => Version::Http10,
            "HTTP/1.1" => Version::Http11,
            _ => return None,
        };
        let mut headers = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(line.get(..colon)?).ok()?.to_ascii_lowercase();
            headers.push((name, line.get(colon + 1..)?.trim_ascii().to_vec()));
        }
        Some(Self { method, target, version, headers })
    }

    /// Returns the path and query of the target.
    ///
    /// A target in absolute form is not what was asked for, and one check says so. The others look
    /// past it, so that they do not report what has another cause.
    pub(crate) fn path(&self) -> &str {
        let absolute = self.target.strip_prefix("http://");
        absolute
            .and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)))
            .unwrap_or(&self.target)
    }

    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| &**value)
    }

    /// Returns the length of the request after its head, given what has arrived of it, or `None` if
    /// more has to arrive first.
    pub(crate) fn body_len(&self, arrived: &[u8]) -> Option<usize> {
        const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
        if self.header("transfer-encoding").is_some() {
            let at = arrived.windows(LAST_CHUNK.len()).position(|bytes| bytes == LAST_CHUNK)?;
            return Some(at + LAST_CHUNK.len());
        }
        let length = self
            .header("content-length")
            .and_then(|length| std::str::from_utf8(length).ok()?.parse().ok());
        let length = length.unwrap_or(0);
        (arrived.len() >= length).then_some(length)
    }

    /// Returns `true` if the client expects further responses on the connection.
    pub(crate) fn keeps_alive(&self) -> bool {
        self.version == Version::Http11
            && !self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case(b"close"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Version};

    #[test]
    fn the_path_of_an_absolute_target_is_found() {
        for target in ["/a?b", "http://127.0.0.1:80/a?b"] {
            let head = Head::parse(format!("POST {target} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
            assert_eq!((&*head.target, head.path()), (target, "/a?b"));
        }
    }

    #[test]
    fn a_head_is_parsed() {
        let head = b"POST /a?b HTTP/1.1\r\nHost: h\r\nX-Odd:  a\xfc \r\n\r\n";
        let head = Head::parse(head).unwrap();
        assert_eq!((&*head.method, &*head.target, head.version), ("POST", "/a?b", Version::Http11));
        assert_eq!(head.headers[0], ("host".to_owned(), b"h".to_vec()));
        assert_eq!(head.header("x-odd"), Some(&b"a\xfc"[..]));
        assert!(Head::parse(b"PRI * HTTP/2.0\r\n\r\n").is_none());
        assert!(Head::parse(b"\x16\x03\x01\r\n\r\n").is_none());
    }

    #[test]
    fn the_end_of_a_body_is_found() {
        let with = |header: &str| {
            Head::parse(format!("GET / HTTP/1.1\r\n{header}\r\n\r\n").as_bytes()).unwrap()
        };
        assert_eq!(with("a: b").body_len(b"next"), Some(0));
        assert_eq!(with("Content-Length: 4").body_len(b"abc"), None);
        assert_eq!(with("Content-Length: 4").body_len(b"abcd next"), Some(4));
        assert_eq!(with("Transfer-Encoding: chunked").body_len(b"1\r\na\r\n0\r\n"), None);
        assert_eq!(with("Transfer-Encoding: chunked").body_len(b"1\r\na\r\n0\r\n\r\nG"), Some(11));
    }

    #[test]
    fn a_connection_is_kept_if_the_client_wants_it() {
        let keeps = |head: &str| Head::parse(head.as_bytes()).unwrap().keeps_alive();
        assert!(keeps("GET / HTTP/1.1\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.0\r\n\r\n"));
    }
}
