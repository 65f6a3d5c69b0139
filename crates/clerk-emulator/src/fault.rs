//! What can go wrong with a request, on demand.

use std::{fmt::Display, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use crate::refusal::Refusal;

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
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub(crate) enum FaultKind {
    Delay(Duration),
    DropConnection,
    CutAnswer(usize),
    PlanLacksImpersonation,
    QuotaUsedUp,
    TooManyRequests,
    ClerkErrors { status: u16, code: String },
    Raw { status: u16, content_type: String, body: Bytes },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    BeforeEffect,
    AfterEffect,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, timing: Timing::BeforeEffect, headers: Vec::new() }
    }

    /// Answers 402, as when the plan does not include impersonation.
    ///
    /// Clerk documents the status but no code. The emulator says
    /// `unsupported_subscription_plan_features`, which is how Clerk's documentation of billing
    /// errors calls a plan that lacks a feature.
    pub fn plan_lacks_impersonation() -> Self {
        Self::new(FaultKind::PlanLacksImpersonation)
    }

    /// Answers 422, as when the monthly quota of impersonations is used up.
    ///
    /// Clerk documents no code for it. The emulator says `impersonation_quota_exceeded`, without
    /// `meta`: a 422 that is about no parameter.
    pub fn quota_used_up() -> Self {
        Self::new(FaultKind::QuotaUsedUp)
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
        Self::new(FaultKind::TooManyRequests).header("Retry-After", retry_after)
    }

    /// Answers with this status and a `ClerkErrors` body that holds one error of this code.
    pub fn clerk_errors(status: u16, code: impl Into<String>) -> Self {
        Self::new(FaultKind::ClerkErrors { status, code: code.into() })
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
        Self::new(FaultKind::Raw {
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
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// The response of a fault that responds.
    pub(crate) fn response(&self, trace_id: &str) -> Option<Response<Bytes>> {
        let response = match &self.kind {
            FaultKind::Delay(_) | FaultKind::DropConnection | FaultKind::CutAnswer(_) => {
                return None;
            }
            FaultKind::PlanLacksImpersonation => {
                Ok(Refusal::plan_lacks_impersonation().to_response(trace_id))
            }
            FaultKind::QuotaUsedUp => Ok(Refusal::quota_used_up().to_response(trace_id)),
            FaultKind::TooManyRequests => Ok(Refusal::too_many_requests().to_response(trace_id)),
            FaultKind::ClerkErrors { status, code } => final_status(*status)
                .map(|status| Refusal::any(status, code.clone()).to_response(trace_id)),
            FaultKind::Raw { status, content_type, body } => {
                raw_response(*status, content_type, body)
            }
        };
        let response = response.and_then(|mut response| {
            response.headers_mut().extend(self.header_map()?);
            Ok(response)
        });
        Some(response.unwrap_or_else(|refusal| refusal.to_response(trace_id)))
    }

    fn header_map(&self) -> Result<HeaderMap, Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name)
                .ok()
                .filter(|name| {
                    *name != header::CONTENT_LENGTH && *name != header::TRANSFER_ENCODING
                })
                .ok_or_else(|| Refusal::fault_cannot_be_sent("header name"))?;
            headers.append(name, header_value(value)?);
        }
        Ok(headers)
    }
}

fn raw_response(status: u16, content_type: &str, body: &Bytes) -> Result<Response<Bytes>, Refusal> {
    let mut response = Response::new(body.clone());
    *response.status_mut() = final_status(status)?;
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, header_value(content_type)?);
    }
    Ok(response)
}

fn header_value(value: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(value).map_err(|_| Refusal::fault_cannot_be_sent("header value"))
}

fn final_status(status: u16) -> Result<StatusCode, Refusal> {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| Refusal::fault_cannot_be_sent("status"))
}
