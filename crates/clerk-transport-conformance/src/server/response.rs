use super::request::{Head, Version};

/// How the end of the body of a response is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    /// Chunks; a length instead for clients that speak HTTP/1.0.
    Chunks,
    /// The connection closes.
    Close,
}

/// A response, to be written in the version of the request.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
}

impl Response {
    /// Creates a response with an empty body.
    pub(crate) fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), framing: Framing::Length }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Returns the response to this request, byte for byte.
    pub(crate) fn bytes(&self, request: &Head) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} Any\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let framing = match (self.framing, request.version) {
            (Framing::Chunks, Version::Http10) => Framing::Length,
            (framing, _) => framing,
        };
        match framing {
            // These have no body, so that there is nothing to frame.
            Framing::Length if matches!(self.status, 204 | 304) => bytes.extend(b"\r\n"),
            Framing::Length => {
                bytes.extend(format!("content-length: {}\r\n\r\n", self.body.len()).as_bytes());
                bytes.extend(&self.body);
            }
            Framing::Chunks => {
                bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
                for chunk in self.body.chunks(self.body.len().div_ceil(3).max(1)) {
                    bytes.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend([chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
            }
            Framing::Close => {
                bytes.extend(b"connection: close\r\n\r\n");
                bytes.extend(&self.body);
            }
        }
        bytes
    }

    /// Returns the response to this request without its last bytes: without the last chunk, or else
    /// without the last byte of the body.
    pub(crate) fn cut(&self, request: &Head) -> Vec<u8> {
        let mut bytes = self.bytes(request);
        let is_chunked = self.framing == Framing::Chunks && request.version == Version::Http11;
        bytes.truncate(bytes.len() - if is_chunked { 5 } else { 1 });
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Framing, Head, Response};

    fn written(framing: Framing, version: &str) -> (String, String) {
        let head = Head::parse(format!("GET / HTTP/1.{version}\r\n\r\n").as_bytes()).unwrap();
        let response = Response::new(200).header("a", "b").body("xyz").framing(framing);
        let strings = [response.bytes(&head), response.cut(&head)]
            .map(|bytes| String::from_utf8(bytes).unwrap());
        strings.into()
    }

    #[test]
    fn a_response_is_framed_in_the_version_of_the_request() {
        let head = "HTTP/1.1 200 Any\r\na: b\r\n";
        let length = format!("{head}content-length: 3\r\n\r\nxyz");
        let chunks = format!(
            "{head}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n1\r\ny\r\n1\r\nz\r\n0\r\n\r\n"
        );
        for (framing, version, expected) in [
            (Framing::Length, "1", length.clone()),
            (Framing::Chunks, "1", chunks),
            (Framing::Chunks, "0", length),
            (Framing::Close, "1", format!("{head}connection: close\r\n\r\nxyz")),
        ] {
            let (whole, cut) = written(framing, version);
            assert_eq!(whole, expected);
            assert!(whole.starts_with(&cut) && whole.len() > cut.len(), "{cut}");
        }
    }
}
