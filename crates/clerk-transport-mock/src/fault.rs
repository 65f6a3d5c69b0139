use std::{fmt::Display, time::Duration};

use clerk_core::{Body, TransportErrorKind};

use crate::fault_response::{Content, FaultResponse};

/// Something that goes wrong with a single request.
///
/// [`FaultyTransport::inject`](crate::FaultyTransport::inject) queues it.
///
/// By default a fault fires *before* the effect of the request, that is, before the inner transport
/// receives it: a fault that fails, responds or stays silent takes the place of the effect, and a
/// delay postpones it. With [`after_effect`](Self::after_effect), the same fault fires when the
/// inner transport is done: the token has been created or revoked, and only the response is
/// outstanding. A lost or late response is what makes a request ambiguous.
///
/// The emulator's faults have the same names. Only a transport can [`fail`](Self::fail) with any
/// kind of error, or be certain that a request was not sent ([`fail_unsent`](Self::fail_unsent)).
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
    Respond(FaultResponse),
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

    fn respond(content: Content) -> Self {
        Self::new(FaultKind::Respond(FaultResponse::new(content)))
    }

    /// Fails with this kind of error. The request may have been sent.
    pub fn fail(kind: TransportErrorKind) -> Self {
        Self::new(FaultKind::Fail(kind))
    }

    /// Fails with this kind of error. The request was certainly not sent.
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

    /// Accepts the request, which then counts as written, and never responds.
    pub fn silence() -> Self {
        Self::new(FaultKind::Silence)
    }

    /// Fails with [`Io`](TransportErrorKind::Io), as if the connection had been closed without a
    /// response. The request may have been sent.
    pub fn drop_connection() -> Self {
        Self::fail(TransportErrorKind::Io)
    }

    /// Fails with [`Incomplete`](TransportErrorKind::Incomplete), as if the connection had been
    /// closed between the head and the body of the response. The error carries the status and the
    /// headers.
    ///
    /// Always fires after the effect.
    pub fn cut_response() -> Self {
        Self::new(FaultKind::CutResponse).after_effect()
    }

    /// Responds with this status and a `ClerkErrors` body that has a single error, with this code.
    pub fn clerk_errors(status: u16, code: impl Into<String>) -> Self {
        Self::respond(Content::ClerkErrors { status, code: code.into() })
    }

    /// Responds with this status, this `Content-Type` (none if empty) and this body.
    pub fn raw(status: u16, content_type: impl Into<String>, body: impl Into<Body>) -> Self {
        Self::respond(Content::Raw { status, content_type: content_type.into(), body: body.into() })
    }

    /// Responds with 429 `too_many_requests` and this `Retry-After`: a number of seconds, or any
    /// other value, valid or not.
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

    /// Responds with 402, as if the plan did not include impersonation.
    ///
    /// Clerk documents the status but no code. The mock sends
    /// `unsupported_subscription_plan_features`, the code that Clerk's documentation of billing
    /// errors lists for a plan that lacks a feature.
    pub fn plan_lacks_impersonation() -> Self {
        Self::clerk_errors(402, "unsupported_subscription_plan_features")
    }

    /// Responds with 422, as if the monthly quota of impersonations were used up.
    ///
    /// The code is `impersonation_limit_exceeded`, and `meta` is `{"limit":100,"used":100}`.
    pub fn quota_used_up() -> Self {
        Self::respond(Content::QuotaUsedUp)
    }

    /// Sets the fault to fire after the effect: the inner transport does its work, and its response
    /// is lost or late.
    pub fn after_effect(self) -> Self {
        Self { timing: Timing::AfterEffect, ..self }
    }

    /// Adds a header to the response of a fault that responds. Does nothing to other faults.
    ///
    /// With a status that HTTP cannot carry (one outside 100 to 999), or such a header, the request
    /// fails with [`Config`](TransportErrorKind::Config) and has no effect.
    pub fn header(mut self, name: impl Into<String>, value: impl Display) -> Self {
        if let FaultKind::Respond(response) = &mut self.kind {
            response.add_header(name.into(), value.to_string());
        }
        self
    }
}
