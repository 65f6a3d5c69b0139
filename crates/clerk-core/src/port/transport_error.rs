use std::{error::Error as StdError, fmt};

use http::{HeaderMap, StatusCode, response};

/// Says why a transport has no whole answer, and whether the request may have been sent.
///
/// `Display` names the kind, [`source`](StdError::source) is the cause. An implementation must not
/// put headers, bodies or credentials into that cause.
///
/// ```
/// use clerk_core::{Sent, TransportError, TransportErrorKind};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = TransportError::new(TransportErrorKind::Connect, refused).with_sent(Sent::No);
/// assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Connect, Sent::No));
/// assert_eq!(error.to_string(), "no connection could be made");
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

/// Names the stage at which a transport failed.
///
/// What is said here of trying again holds while no status had arrived, or a 2xx. Any other final
/// status decides alone, as if its answer had been whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransportErrorKind {
    /// No connection could be made: name not found, refused, unreachable, proxy down. Tried again
    /// if nothing was sent.
    Connect,
    /// The transport's own time limit struck. Tried again if nothing was sent; after that, a revoke
    /// is and a create is not.
    Timeout,
    /// The two sides did not agree on TLS: a certificate, an alert. Never tried again.
    Tls,
    /// The transport is set up in a way that cannot work. Never tried again.
    Config,
    /// The connection broke: a reset, a write that failed. A revoke is tried again, a create only
    /// if nothing was sent.
    Io,
    /// The connection was closed before the answer was complete. A revoke is tried again, a create
    /// only if nothing was sent.
    Incomplete,
    /// The answer is larger than the transport's limit. Never tried again.
    TooLarge,
    /// Anything else, such as an answer that is no HTTP. A revoke is tried again, a create only if
    /// nothing was sent.
    Other,
}

/// Says what is known about whether a request reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certain: no byte of it did. Sending it again cannot do anything twice.
    No,
    /// It may have, wholly or in part, and it may have taken effect.
    Maybe,
}

impl TransportError {
    /// Wraps a cause. Until told otherwise, the request may have been sent.
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

    /// Keeps the status and the headers that had arrived before the failure.
    pub fn with_head(mut self, head: response::Parts) -> Self {
        self.0.head = Some(Head { status: head.status, headers: head.headers });
        self
    }

    /// Names the stage.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Says whether the request may have been sent.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// Gives the status, if one had arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.head.as_ref().map(|head| head.status)
    }

    /// Gives the headers, if they had arrived.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.head.as_ref().map(|head| &head.headers)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind() {
            TransportErrorKind::Connect => "no connection could be made",
            TransportErrorKind::Timeout => "the transport's time limit struck",
            TransportErrorKind::Tls => "TLS could not be agreed on",
            TransportErrorKind::Config => "the transport cannot work as it is set up",
            TransportErrorKind::Io => "the connection broke",
            TransportErrorKind::Incomplete => {
                "the connection was closed before the answer was complete"
            }
            TransportErrorKind::TooLarge => "the answer is too large",
            TransportErrorKind::Other => "the exchange failed",
        })
    }
}

impl fmt::Debug for TransportError {
    /// Shows the status that had arrived, and none of the headers.
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
    fn in_doubt_a_request_may_have_been_sent() {
        assert_eq!(TransportError::new(TransportErrorKind::Connect, "x").sent(), Sent::Maybe);
        assert_eq!(
            TransportError::new(TransportErrorKind::Io, "x").with_sent(Sent::No).sent(),
            Sent::No
        );
    }

    #[test]
    fn the_head_is_kept_and_its_headers_are_not_shown() {
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
    fn display_names_the_stage_and_leaves_the_cause_to_source() {
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
