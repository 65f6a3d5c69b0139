use std::{fmt::Display, time::Duration};

use bytes::Bytes;

use super::fault_response::{Content, FaultResponse};
use crate::api::{Operation, Refusal};

/// Something that goes wrong with a single request.
///
/// [`Emulator::inject`](crate::Emulator::inject) adds it to a queue, and each request takes the
/// first fault that is waiting for it, even a request that the emulator would have refused. A fault
/// waits for any request, unless [`on`](Self::on) names one.
///
/// By default a fault fires *before* the effect of the request, that is, before a token is created
/// or a session revoked: a fault that responds, stays silent or drops the connection takes the
/// place of the effect, and a delay postpones it. With [`after_effect`](Self::after_effect), the
/// same fault fires when the effect is done and only the response is outstanding. A lost or late
/// response is what makes a request ambiguous.
///
/// Over HTTP/2, a fault that closes the connection resets the stream of its request instead, with
/// `INTERNAL_ERROR`: the connection carries other requests too.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use clerk_emulator::{Emulator, Fault};
///
/// let emulator = Emulator::start()?;
/// emulator.inject(Fault::too_many_requests(2)); // the first request
/// emulator.inject(Fault::drop_connection().after_effect()); // the second: a lost token
/// emulator.inject(Fault::clerk_errors(503, "service_unavailable").header("Retry-After", "1"));
/// emulator.inject(Fault::delay(Duration::from_millis(20)));
/// assert_eq!(emulator.faults_fired(), 0); // nothing has been sent yet
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) timing: Timing,
    /// `None` for a fault that fires on any request.
    operation: Option<Operation>,
}

#[derive(Debug, Clone)]
pub(crate) enum FaultKind {
    Delay(Duration),
    Silence,
    DropConnection,
    CutResponse { bytes: usize },
    Respond(FaultResponse),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    BeforeEffect,
    AfterEffect,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, timing: Timing::BeforeEffect, operation: None }
    }

    fn respond(content: Content) -> Self {
        Self::new(FaultKind::Respond(FaultResponse::new(content)))
    }

    /// Waits, and then continues as if nothing had happened.
    ///
    /// The delay is real time, whatever [`Emulator::advance`](crate::Emulator::advance) does. If
    /// the client disconnects before it is over, the request ends there: a delay before the effect
    /// then has no effect.
    pub fn delay(duration: Duration) -> Self {
        Self::new(FaultKind::Delay(duration))
    }

    /// Reads the request and never responds.
    ///
    /// The connection stays open until the client closes it or the emulator is dropped.
    pub fn silence() -> Self {
        Self::new(FaultKind::Silence)
    }

    /// Reads the request and closes the connection without a response.
    pub fn drop_connection() -> Self {
        Self::new(FaultKind::DropConnection)
    }

    /// Closes the connection after `bytes` bytes of the response body, fewer than `Content-Length`
    /// announces.
    ///
    /// Always fires after the effect. At most `n - 1` bytes of a body of `n` bytes are sent, and
    /// over HTTP/2 at most as many as the client's flow-control window has room for.
    pub fn cut_response(bytes: usize) -> Self {
        Self::new(FaultKind::CutResponse { bytes }).after_effect()
    }

    /// Responds with this status and a `ClerkErrors` body that has a single error, with this code.
    pub fn clerk_errors(status: u16, code: impl Into<String>) -> Self {
        Self::respond(Content::ClerkErrors { status, code: code.into() })
    }

    /// Responds with this status, this `Content-Type` (none if empty) and this body, without any
    /// of Clerk's headers.
    ///
    /// # Examples
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

    /// Responds with 429 `too_many_requests` and this `Retry-After`: a number of seconds, or any
    /// other value, valid or not.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_emulator::Fault;
    ///
    /// Fault::too_many_requests(3);
    /// Fault::too_many_requests("Wed, 21 Oct 2015 07:28:00 GMT");
    /// Fault::too_many_requests("inf");
    /// ```
    pub fn too_many_requests(retry_after: impl Display) -> Self {
        Self::respond(Content::Refusal(Refusal::too_many_requests()))
            .header("Retry-After", retry_after)
    }

    /// Responds with 402, as if the plan did not include impersonation.
    ///
    /// Clerk documents the status but no code. The emulator sends
    /// `unsupported_subscription_plan_features`, the code that Clerk's documentation of billing
    /// errors lists for a plan that lacks a feature.
    pub fn plan_lacks_impersonation() -> Self {
        Self::respond(Content::Refusal(Refusal::plan_lacks_impersonation()))
    }

    /// Responds with 422, as if the monthly quota of impersonations were used up.
    ///
    /// The code is `impersonation_limit_exceeded`, and `meta` is `{"limit":100,"used":100}`.
    pub fn quota_used_up() -> Self {
        Self::respond(Content::Refusal(Refusal::quota_used_up()))
    }

    /// Sets the fault to fire after the effect: a token is created or revoked, and then things go
    /// wrong.
    pub fn after_effect(self) -> Self {
        Self { timing: Timing::AfterEffect, ..self }
    }

    /// Sets the fault to fire on this operation only. Requests for others leave it in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_emulator::{Fault, Operation};
    ///
    /// // The session is revoked, but the client does not learn of it.
    /// Fault::drop_connection().after_effect().on(Operation::RevokeSession);
    /// ```
    pub fn on(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Returns `true` if the fault waits for a request for this operation, or for none.
    pub(crate) fn fires_on(&self, operation: Option<Operation>) -> bool {
        self.operation.is_none() || self.operation == operation
    }

    /// Adds a header to the response of a fault that responds. Has no effect on other faults.
    ///
    /// A status or a header that HTTP cannot carry turns the response into a 500 with the code
    /// `emulator_fault_cannot_be_sent`. So do statuses below 200, which are not final responses,
    /// and the headers `Content-Length` and `Transfer-Encoding`, which the server sets; for a body
    /// that is too short, use [`cut_response`](Self::cut_response).
    pub fn header(mut self, name: impl Into<String>, value: impl Display) -> Self {
        if let FaultKind::Respond(response) = &mut self.kind {
            response.add_header(name.into(), value.to_string());
        }
        self
    }
}
