use std::fmt;

/// A requirement of [`HttpTransport`](clerk_core::HttpTransport), in the order and under the name
/// of its documentation.
///
/// `Display` prints the requirement as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// A call is at most one request as the server sees it, whatever the status and however the
    /// connection ends.
    OneRequestPerCall,
    /// Every complete response is `Ok`, even a 500.
    StatusIsNotAnError,
    /// A response that was cut off or is not HTTP is an error.
    OnlyCompleteResponses,
    /// An error that occurs after the head of the response has arrived contains the head.
    HeadIsKept,
    /// A redirect is a response like any other.
    NoRedirects,
    /// A body beyond the limit is `TooLarge`, and the rest of it is not read.
    BodyIsBounded,
    /// The request arrives as it was given, with no header but `Host` and `Connection` added.
    RequestIsUnchanged,
    /// The response is returned as it was sent, and not decompressed.
    ResponseIsUnchanged,
    /// No error contains a header or a body.
    NothingIsShown,
    /// A request of which any byte may have reached the server is `Sent::Maybe`.
    SentNoOnlyIfCertain,
    /// A request for which no connection was made is `Sent::No`.
    SentNoIfUnwritten,
    /// The kind of an error is the one that describes what happened.
    KindFits,
    /// A call that waits lets other tasks of its thread run.
    ThreadIsNotBlocked,
    /// A call that is dropped closes its connection, and no later call receives its response.
    DroppedCallEnds,
    /// The transport marks its requests as not written, and as written. Optional: see
    /// [`Suite::marks_progress`](crate::Suite::marks_progress).
    ProgressIsMarked,
}

impl Requirement {
    /// All requirements, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::OneRequestPerCall,
        Self::StatusIsNotAnError,
        Self::OnlyCompleteResponses,
        Self::HeadIsKept,
        Self::NoRedirects,
        Self::BodyIsBounded,
        Self::RequestIsUnchanged,
        Self::ResponseIsUnchanged,
        Self::NothingIsShown,
        Self::SentNoOnlyIfCertain,
        Self::SentNoIfUnwritten,
        Self::KindFits,
        Self::ThreadIsNotBlocked,
        Self::DroppedCallEnds,
        Self::ProgressIsMarked,
    ];

    /// Returns what to do about a transport that does not meet this requirement.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::OneRequestPerCall => {
                "turn off every retry in the HTTP client; only a request of which no byte was \
                 written may move to another connection"
            }
            Self::StatusIsNotAnError => {
                "return every complete response as `Ok`, whatever its status"
            }
            Self::OnlyCompleteResponses => {
                "compare what arrived with `content-length`, or wait for the last chunk, before \
                 you return `Ok`"
            }
            Self::HeadIsKept => "add the head of the response to the error with `with_head`",
            Self::NoRedirects => "turn off redirects in the HTTP client",
            Self::BodyIsBounded => {
                "count the bytes of the body while they arrive; beyond the limit, close the \
                 connection and return `TransportErrorKind::TooLarge`. If the limit is not 1 MiB, \
                 pass it to `Suite::max_response_bytes`"
            }
            Self::RequestIsUnchanged => {
                "add no header but `Host` and `Connection`, and leave the target, the other \
                 headers and the body alone. Over HTTP/1.1, the target is the path and query of the \
                 URI. A request that cannot be sent as it is fails with `Sent::No`"
            }
            Self::ResponseIsUnchanged => {
                "turn off decompression, and return all headers and every byte of the body"
            }
            Self::NothingIsShown => {
                "leave headers and bodies out of the cause of an error, and replace a cause that \
                 prints them"
            }
            Self::SentNoOnlyIfCertain => {
                "claim `Sent::No`, or leave a request marked as not written, only while no byte \
                 of it has been written; when in doubt, leave the default"
            }
            Self::SentNoIfUnwritten => {
                "tell failures to connect from all others, and add `with_sent(Sent::No)` to them"
            }
            Self::KindFits => "choose the `TransportErrorKind` by its documentation",
            Self::ThreadIsNotBlocked => {
                "move blocking work to a thread of its own, and return `Pending` meanwhile"
            }
            Self::DroppedCallEnds => {
                "close the connection when the future is dropped, and never reuse one whose \
                 response was not read to its end"
            }
            Self::ProgressIsMarked => {
                "mark the `SendProgress` of the request as not written before you connect, and as \
                 written just before the first byte can leave"
            }
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OneRequestPerCall => "One call is at most one request",
            Self::StatusIsNotAnError => "A status is never an error",
            Self::OnlyCompleteResponses => "Only a complete response is `Ok`",
            Self::HeadIsKept => "The head is kept",
            Self::NoRedirects => "Redirects are not followed",
            Self::BodyIsBounded => "The body is bounded",
            Self::RequestIsUnchanged => "The request is sent unchanged",
            Self::ResponseIsUnchanged => "The response is returned unchanged",
            Self::NothingIsShown => "Headers and bodies are never shown",
            Self::SentNoOnlyIfCertain => "`Sent::No` only when it is certain",
            Self::SentNoIfUnwritten => "`Sent::No` when nothing was written",
            Self::KindFits => "The kind describes what happened",
            Self::ThreadIsNotBlocked => "The thread is not blocked",
            Self::DroppedCallEnds => "A dropped call ends",
            Self::ProgressIsMarked => "The progress is marked",
        })
    }
}
