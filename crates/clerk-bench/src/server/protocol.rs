use std::{fmt, str::FromStr};

use clerk_bench::BoxError;

/// The protocol that a server speaks.
#[derive(Clone, Copy, Debug)]
pub enum Protocol {
    /// HTTP/1.1 in plain text.
    Http1,
    /// HTTP/1.1 over TLS, the only protocol offered by ALPN.
    Http1Tls,
    /// HTTP/2 over TLS, the only protocol offered by ALPN.
    Http2Tls,
}

impl Protocol {
    /// Returns the protocol name to offer by ALPN, or `None` without TLS.
    pub(super) fn alpn(self) -> Option<&'static [u8]> {
        match self {
            Self::Http1 => None,
            Self::Http1Tls => Some(b"http/1.1"),
            Self::Http2Tls => Some(b"h2"),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http1 => "http1",
            Self::Http1Tls => "http1-tls",
            Self::Http2Tls => "http2-tls",
        })
    }
}

impl FromStr for Protocol {
    type Err = BoxError;

    fn from_str(name: &str) -> Result<Self, BoxError> {
        match name {
            "http1" => Ok(Self::Http1),
            "http1-tls" => Ok(Self::Http1Tls),
            "http2-tls" => Ok(Self::Http2Tls),
            _ => Err(format!("unknown protocol {name:?}").into()),
        }
    }
}
