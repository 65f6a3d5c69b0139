use std::{fmt::Display, time::Duration};

use clerk_core::{Body, TransportErrorKind};

use crate::canned_response::CannedResponse;

/// A fault in the handling of one request.
/// [`FaultyTransport::inject`](crate::FaultyTransport::inject) queues it.
///
/// By default a fault occurs *before* the effect, that is, before the inner transport is given the
/// request: a fault that fails or responds replaces the effect, and a delay postpones it. With
/// [`after_effect`](Self::after_effect) the same fault occurs once the inner transport is done: the
/// token has been created or revoked, and only the response is lost or late. That is what makes a
/// request ambiguous.
///
/// The names are those of the emulator's faults. [`fail`](Self::fail) and
/// [`fail_unsent`](Self::fail_unsent) exist only here, because no server can produce them.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::TransportErrorKind;
/// use clerk_transport_mock::Fault;
///
/// let refused = Fault::fail_unsent(TransportErrorKind::Connect);
/// let late = Fault::delay(Duration::from_secs(5)).after_effect();
/// let unavailable = Fault::raw(503, "text/html", "<h1>Try later</h1>").header("Retry-After", 2);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) timing: Timing,
}

#[derive(Clone, Debug)]
pub(crate) enum FaultKind {
    Fail(TransportErrorKind),
    FailUnsent(TransportErrorKind),
    Delay(Duration),
    Silence,
    CutResponse,
    Respond(CannedResponse),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    BeforeEffect,
    AfterEffect,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, timing: Timing::BeforeEffect }
    }

    /// Fails with this kind of error. The request may have been sent.
    pub fn fail(kind: TransportErrorKind) -> Self {
        Self::new(FaultKind::Fail(kind))
    }

    /// Fails with this kind of error, certain that the request was not sent.
    ///
    /// After the effect this would be untrue, so there it is the same as [`fail`](Self::fail).
    pub fn fail_unsent(kind: TransportErrorKind) -> Self {
        Self::new(FaultKind::FailUnsent(kind))
    }

    /// Waits, and then continues as if nothing had happened.
    ///
    /// A delay before the effect is like a slow connect: while it lasts, the request is known not
    /// to have been written. A request that is dropped meanwhile never takes effect.
    pub fn delay(duration: Duration) -> Self {
        Self::new(FaultKind::Delay(duration))
    }

    /// Takes the request, which then counts as written, and never responds.
    pub fn silence() -> Self {
        Self::new(FaultKind::Silence)
    }

    /// Closes the connection without a response: a failure of kind
    /// [`Io`](TransportErrorKind::Io). The request may have been sent.
    pub fn drop_connection() -> Self {
        Self::fail(TransportErrorKind::Io)
    }

    /// Closes the connection between the head and the body of the response: a failure of kind
    /// [`Incomplete`](TransportErrorKind::Incomplete) that carries status and headers.
    ///
    /// Always occurs after the effect.
    pub fn cut_response() -> Self {
        Self::new(FaultKind::CutResponse).after_effect()
    }

    /// Responds with this status and a `ClerkErrors` body with one error of this code.
    ///
    /// See [`header`](Self::header) for a status that cannot be sent.
    pub fn clerk_errors(status: u16, code: impl Into<String>) -> Self {
        Self::new(FaultKind::Respond(CannedResponse::clerk_errors(status, code.into())))
    }

    /// Responds with this status, `Content-Type` (none if empty) and body, as a gateway in between
    /// would.
    ///
    /// See [`header`](Self::header) for a status or a content type that cannot be sent.
    pub fn raw(status: u16, content_type: impl Into<String>, body: impl Into<Body>) -> Self {
        Self::new(FaultKind::Respond(CannedResponse::raw(status, content_type.into(), body.into())))
    }

    /// Responds with 429 `too_many_requests` and this `Retry-After`: seconds, or any other value,
    /// valid or not.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_transport_mock::Fault;
    ///
    /// Fault::too_many_requests(3);
    /// Fault::too_many_requests("Wed, 21 Oct 2015 07:28:00 GMT");
    /// Fault::too_many_requests("inf");
    /// ```
    pub fn too_many_requests(retry_after: impl Display) -> Self {
        Self::clerk_errors(429, "too_many_requests").header("Retry-After", retry_after)
    }

    /// Responds with 402 `unsupported_subscription_plan_features`, as if the plan did not include
    /// impersonation.
    ///
    /// Clerk documents the status but no code. This one is what its documentation of billing errors
    /// uses for a plan that lacks a feature.
    pub fn plan_lacks_impersonation() -> Self {
        Self::clerk_errors(402, "unsupported_subscription_plan_features")
    }

    /// Responds with 422 `impersonation_quota_exceeded`, as if the monthly quota of impersonations
    /// were used up. The error names no parameter.
    pub fn quota_used_up() -> Self {
        Self::clerk_errors(422, "impersonation_quota_exceeded")
    }

    /// Moves the fault after the effect: the inner transport has done its work, and its response is
    /// discarded or comes late.
    pub fn after_effect(self) -> Self {
        Self { timing: Timing::AfterEffect, ..self }
    }

    /// Adds a header to the response of a fault that responds. On other faults it does nothing.
    ///
    /// A status (outside 100 to 999) or a header that HTTP cannot carry makes the request fail
    /// instead, with [`Config`](TransportErrorKind::Config) and without effect.
    pub fn header(mut self, name: impl Into<String>, value: impl Display) -> Self {
        if let FaultKind::Respond(response) = &mut self.kind {
            response.push_header(name.into(), value.to_string());
        }
        self
    }
}
