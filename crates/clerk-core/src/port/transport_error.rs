use std::{error::Error as StdError, fmt};

use http::{HeaderMap, StatusCode, response};

/// The reason why no complete response arrived, and whether the request may have been sent.
///
/// `Display` names the kind, and [`source`](StdError::source) is the cause. A cause must not
/// contain headers, bodies or credentials.
///
/// # Examples
///
/// ```
/// use clerk_core::{Sent, TransportError, TransportErrorKind};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = TransportError::new(TransportErrorKind::Connect, refused).with_sent(Sent::No);
/// assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Connect, Sent::No));
/// assert_eq!(error.to_string(), "failed to connect");
/// ```
pub struct TransportError(Box<Inner>);

struct Inner {
    kind: TransportErrorKind,
    sent: Sent,
    head: Option<Head>,
    source: Box<dyn StdError + Send + Sync>,
}

struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

/// The kind of a transport's failure.
///
/// What each kind says about retries holds if a 2xx or no final status arrived. Any other final
/// status decides alone, as if its response had been complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransportErrorKind {
    /// No connection: the name was not found, or the host or a proxy refused or did not respond.
    /// Retried if nothing was sent; otherwise only requests that are safe to repeat are.
    Connect,
    /// A time limit of the transport's own expired. Retried if nothing was sent; otherwise only
    /// requests that are safe to repeat are.
    Timeout,
    /// The TLS handshake failed: an invalid certificate, or an alert. Never retried.
    Tls,
    /// The transport's configuration cannot work. This includes a proxy that refuses the
    /// credentials: retrying could lock the account. Never retried.
    Config,
    /// The connection broke: a reset, or a failed write. Retried if nothing was sent; otherwise
    /// only requests that are safe to repeat are.
    Io,
    /// The connection closed before the response was complete. Retried if nothing was sent;
    /// otherwise only requests that are safe to repeat are.
    Incomplete,
    /// The response is larger than the transport's limit. Never retried.
    TooLarge,
    /// Anything else, such as a response that is not HTTP. Retried if nothing was sent; otherwise
    /// only requests that are safe to repeat are.
    Other,
}

/// What is known about whether a request reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certainly not: no byte of it did. Sending it again cannot repeat an effect.
    No,
    /// Perhaps, wholly or in part, and it may have taken effect.
    Maybe,
}

impl TransportError {
    /// Creates an error from its cause. Unless [`with_sent`](Self::with_sent) says otherwise, the
    /// request may have been sent.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Inner { kind, sent: Sent::Maybe, head: None, source: source.into() }))
    }

    /// Sets whether the request may have been sent. Use [`Sent::No`] only where it is certain that
    /// no byte of the request reached the server.
    pub fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    /// Adds the status and the headers that arrived before the failure.
    pub fn with_head(mut self, head: response::Parts) -> Self {
        self.0.head = Some(Head { status: head.status, headers: head.headers });
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Returns whether the request may have been sent.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// Returns the status, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.head.as_ref().map(|head| head.status)
    }

    /// Returns the headers, if they arrived.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.head.as_ref().map(|head| &head.headers)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connect => "failed to connect",
            Self::Timeout => "transport timed out",
            Self::Tls => "TLS handshake failed",
            Self::Config => "invalid transport configuration",
            Self::Io => "connection failed",
            Self::Incomplete => "connection closed before the response was complete",
            Self::TooLarge => "response is too large",
            Self::Other => "HTTP exchange failed",
        })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

impl fmt::Debug for TransportError {
    /// Shows the status, if one arrived, and none of the headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind())
            .field("sent", &self.sent())
            .field("status", &self.status())
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Sent, TransportError, TransportErrorKind};

    #[test]
    fn a_request_may_have_been_sent_unless_stated_otherwise() {
        assert_eq!(TransportError::new(TransportErrorKind::Connect, "x").sent(), Sent::Maybe);
        assert_eq!(
            TransportError::new(TransportErrorKind::Io, "x").with_sent(Sent::No).sent(),
            Sent::No
        );
    }

    #[test]
    fn the_head_is_kept_and_debug_hides_its_headers() {
        let (head, ()) = http::Response::builder()
            .status(502)
            .header("set-cookie", "canary")
            .body(())
            .unwrap()
            .into_parts();
        let error = TransportError::new(TransportErrorKind::Incomplete, "x").with_head(head);
        assert_eq!(error.status().unwrap(), 502);
        assert_eq!(error.headers().unwrap().get("set-cookie").unwrap(), "canary");
        let shown = format!("{error:?} {error}");
        assert!(shown.contains("502") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn display_names_the_kind_and_source_is_the_cause() {
        let kinds = [
            TransportErrorKind::Connect,
            TransportErrorKind::Timeout,
            TransportErrorKind::Tls,
            TransportErrorKind::Config,
            TransportErrorKind::Io,
            TransportErrorKind::Incomplete,
            TransportErrorKind::TooLarge,
            TransportErrorKind::Other,
        ];
        let mut seen = std::collections::HashSet::new();
        for kind in kinds {
            let error = TransportError::new(kind, "the cause");
            assert!(seen.insert(error.to_string()), "{kind:?} reads like another");
            assert!(!error.to_string().contains("the cause"));
            assert_eq!(error.source().unwrap().to_string(), "the cause");
        }
    }
}
