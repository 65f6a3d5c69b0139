use std::{fmt::Display, time::Duration};

use bytes::Bytes;

use super::fault_response::{Content, FaultResponse};
use crate::api::Refusal;

/// Describes how one request is to go wrong. [`Emulator::inject`](crate::Emulator::inject) queues
/// it.
///
/// Every fault strikes *before* the effect of the request, that is before a token is made or
/// revoked: a fault that answers or drops the connection takes the effect's place, one that waits
/// puts it off. With [`after_effect`](Self::after_effect) the same fault strikes when the deed is
/// done and only the answer is still due. Such a lost or late answer is what makes a request
/// ambiguous.
///
/// A fault strikes any request, also one that the emulator would have refused.
///
/// ```
/// use std::time::Duration;
/// use clerk_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::start()?;
/// emulator.inject(Fault::too_many_requests(2)); // the first request
/// emulator.inject(Fault::drop_connection().after_effect()); // the second: a token that nobody can name
/// emulator.inject(Fault::clerk_errors(503, "service_unavailable").header("Retry-After", "1"));
/// emulator.inject(Fault::delay(Duration::from_millis(20)));
/// assert_eq!(emulator.faults_fired(), 0); // nothing was sent yet
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) timing: Timing,
}

#[derive(Debug, Clone)]
pub(crate) enum FaultKind {
    Delay(Duration),
    DropConnection,
    CutAnswer(usize),
    Respond(FaultResponse),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    BeforeEffect,
    AfterEffect,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, timing: Timing::BeforeEffect }
    }

    fn respond(content: Content) -> Self {
        Self::new(FaultKind::Respond(FaultResponse::new(content)))
    }

    fn refuse(refusal: Refusal) -> Self {
        Self::respond(Content::Refusal(refusal))
    }

    /// Answers 402, as when the plan does not include impersonation.
    ///
    /// Clerk documents the status but no code. The emulator says
    /// `unsupported_subscription_plan_features`, which is how Clerk's documentation of billing
    /// errors calls a plan that lacks a feature.
    pub fn plan_lacks_impersonation() -> Self {
        Self::refuse(Refusal::plan_lacks_impersonation())
    }

    /// Answers 422, as when the monthly quota of impersonations is used up.
    ///
    /// Clerk documents no code for it. The emulator says `impersonation_quota_exceeded`, without
    /// `meta`: a 422 that is about no parameter.
    pub fn quota_used_up() -> Self {
        Self::refuse(Refusal::quota_used_up())
    }

    /// Answers 429 `too_many_requests` with this `Retry-After`: seconds, or any other text,
    /// sensible or not.
    ///
    /// ```
    /// use clerk_emulator::Fault;
    ///
    /// Fault::too_many_requests(3);
    /// Fault::too_many_requests("Wed, 21 Oct 2015 07:28:00 GMT");
    /// Fault::too_many_requests("inf");
    /// ```
    pub fn too_many_requests(retry_after: impl Display) -> Self {
        Self::refuse(Refusal::too_many_requests()).header("Retry-After", retry_after)
    }

    /// Answers with this status and a `ClerkErrors` body that holds one error of this code.
    pub fn clerk_errors(status: u16, code: impl Into<String>) -> Self {
        Self::respond(Content::ClerkErrors { status, code: code.into() })
    }

    /// Answers with this status, this `Content-Type` (empty: none) and this body, and nothing of
    /// Clerk's.
    ///
    /// ```
    /// use clerk_emulator::Fault;
    ///
    /// Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>");
    /// Fault::raw(200, "application/json", vec![0xff, 0xfe]);
    /// ```
    pub fn raw(status: u16, content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::respond(Content::Raw {
            status,
            content_type: content_type.into(),
            body: Bytes::from(body.into()),
        })
    }

    /// Reads the request and closes the connection without an answer.
    pub fn drop_connection() -> Self {
        Self::new(FaultKind::DropConnection)
    }

    /// Closes the connection after `bytes` bytes of the body of the answer, whose `Content-Length`
    /// promises more.
    ///
    /// Always strikes after the effect. Of a body of `n` bytes at most `n - 1` are sent.
    pub fn cut_answer(bytes: usize) -> Self {
        Self::new(FaultKind::CutAnswer(bytes)).after_effect()
    }

    /// Waits, in real time whatever [`Emulator::advance`](crate::Emulator::advance) says, and then
    /// goes on as if nothing had happened.
    ///
    /// A client that hangs up during the wait takes its request along: before the effect, the
    /// effect never comes.
    pub fn delay(duration: Duration) -> Self {
        Self::new(FaultKind::Delay(duration))
    }

    /// Lets the fault strike after the effect: the token is made or revoked, and then things go
    /// wrong.
    pub fn after_effect(self) -> Self {
        Self { timing: Timing::AfterEffect, ..self }
    }

    /// Adds a header to the answer of a fault that answers. On the others it does nothing.
    ///
    /// A status or a header that HTTP cannot carry turns the answer into a 500 with the code
    /// `emulator_fault_cannot_be_sent`. Statuses below 200 are among them: they would not be
    /// answers. So are `Content-Length` and `Transfer-Encoding`, which are the server's own: an
    /// answer that is too short is [`cut_answer`](Self::cut_answer).
    pub fn header(mut self, name: impl Into<String>, value: impl Display) -> Self {
        if let FaultKind::Respond(response) = &mut self.kind {
            response.add_header(name.into(), value.to_string());
        }
        self
    }
}
