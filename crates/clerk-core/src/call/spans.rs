//! What a call reports to `tracing`: a span for the call, a span for each attempt, and events for
//! what a log should show. Their names are OpenTelemetry's where it has any.

use std::{future::Future, time::Duration};

use http::StatusCode;
use tracing::{Instrument as _, Span, Value, field::Empty, info, info_span, warn};

use crate::{
    domain::{ActorTokenId, SecretKey},
    error::{Error, Failure, Stage},
    port::{HttpResponse, SendProgress, Sent, TransportErrorKind},
    retry::Replay,
    wire::{BaseUrl, Operation, ResponseReader, SuccessInfo},
};

/// The target of all spans and events, wherever they are in the source.
const TARGET: &str = "clerk_core";

/// The `error.type` of what was dropped before it ended.
const DROPPED: &str = "dropped";

/// The `error.type` of a time limit that expired, whoever set it.
const TIMEOUT: &str = "timeout";

/// The span of a call of several requests, around the spans that each of them has.
pub(crate) struct UseCaseSpan {
    span: Span,
    ended: bool,
}

impl UseCaseSpan {
    pub(super) fn new(operation: &'static str, actor_token_id: Option<&ActorTokenId>) -> Self {
        let span = info_span!(
            target: TARGET,
            "clerk.call",
            clerk.operation = operation,
            clerk.attempts = Empty,
            clerk.ambiguous = Empty,
            clerk.actor_token_id = actor_token_id.map(ActorTokenId::as_str),
            clerk.trace_id = Empty,
            error.type = Empty,
        );
        Self { span, ended: false }
    }

    /// Runs the call in its span. If it fails, the span ends with what the error says.
    pub(crate) async fn run<T>(
        mut self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let result = call.instrument(self.span.clone()).await;
        self.ended = true;
        if let Err(error) = &result {
            self.span.record("clerk.attempts", error.attempts());
            self.span.record("clerk.ambiguous", error.is_ambiguous());
            record(&self.span, "clerk.trace_id", error.trace_id());
            self.span.record("error.type", error_type_of_call(error));
        }
        result
    }
}

impl Drop for UseCaseSpan {
    fn drop(&mut self) {
        if !self.ended {
            self.span.record("error.type", DROPPED);
        }
    }
}

/// The span of a call of one request, or of one request of several.
pub(super) struct CallSpan {
    span: Span,
    replay: Replay,
    /// Whether the caller gave the id of the actor token.
    has_id: bool,
    /// Whether an attempt so far may have taken effect.
    ambiguous: bool,
    now: Now,
}

/// What a call is doing, and so which span reports that it was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Now {
    /// It makes an attempt: the span of that attempt.
    Attempts,
    /// It waits for the next attempt, or is about to end: the span of the call.
    Waits,
    /// It has ended: none.
    Ended,
}

impl CallSpan {
    pub(super) fn new<O: Operation>(operation: &O, key: &SecretKey) -> Self {
        let actor_token_id = operation.actor_token_id(None);
        let reader = ResponseReader { key, timer: None };
        let span = info_span!(
            target: TARGET,
            "clerk.call",
            clerk.operation = O::NAME,
            clerk.attempts = Empty,
            clerk.ambiguous = Empty,
            clerk.actor_token_id =
                actor_token_id.filter(|id| reader.may_show(id)).map(ActorTokenId::as_str),
            clerk.trace_id = Empty,
            error.type = Empty,
        );
        let has_id = actor_token_id.is_some();
        Self { span, replay: O::REPLAY, has_id, ambiguous: false, now: Now::Waits }
    }

    /// Runs the call in its span.
    pub(super) fn run<F: Future>(
        self,
        call: impl FnOnce(Self) -> F,
    ) -> impl Future<Output = F::Output> {
        let span = self.span.clone();
        call(self).instrument(span)
    }

    /// Returns the span of the next attempt.
    pub(super) fn attempt<O: Operation>(
        &mut self,
        number: u32,
        base_url: &BaseUrl,
    ) -> AttemptSpan<'_> {
        self.now = Now::Attempts;
        let span = info_span!(
            target: TARGET,
            "clerk.attempt",
            otel.kind = "client",
            otel.name = format!("{} {}", O::METHOD, O::PATH_TEMPLATE).as_str(),
            http.request.method = O::METHOD.as_str(),
            http.request.resend_count = number.checked_sub(1).filter(|resends| *resends > 0),
            server.address = host(base_url.host_and_port()),
            server.port = port(base_url.host_and_port()),
            url.template = O::PATH_TEMPLATE,
            http.response.status_code = Empty,
            clerk.trace_id = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        );
        AttemptSpan { span, call: self, progress: None, ended: false }
    }

    /// Reports a failed attempt. It may have taken effect if it is `ambiguous`, and another one
    /// follows after the delay, if there is one.
    pub(super) fn attempt_failed(
        &mut self,
        failure: &Failure,
        ambiguous: bool,
        delay: Option<Duration>,
    ) {
        self.now = Now::Waits;
        self.ambiguous |= ambiguous;
        let trace_id = failure.response.trace_id.as_deref();
        let actor_token_id = failure.response.actor_token_id.as_ref().map(ActorTokenId::as_str);
        match &failure.stage {
            Stage::Unexpected(response) if response.status.is_success() => warn!(
                target: TARGET,
                {
                    clerk.actor_token_id = actor_token_id,
                    clerk.trace_id = trace_id,
                    error.type = error_type(failure),
                    reason = %response.reason,
                },
                "the response does not fit the request, which may have taken effect",
            ),
            _ if ambiguous && self.replay == Replay::OnlyIfUnsent => warn!(
                target: TARGET,
                { clerk.trace_id = trace_id, error.type = error_type(failure) },
                "the request may have taken effect",
            ),
            _ => {}
        }
        if let Some(delay) = delay {
            info!(
                target: TARGET,
                {
                    clerk.retry.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                    clerk.retry.reason = error_type(failure),
                },
                "the request will be sent again",
            );
        }
    }

    /// Ends the span of a call that succeeded.
    pub(super) fn succeeded(mut self, attempts: u32) {
        self.end(attempts);
    }

    /// Ends the span of a call that failed.
    pub(super) fn failed(mut self, attempts: u32, failure: &Failure) {
        self.end(attempts);
        if !self.has_id {
            record_id(&self.span, failure.response.actor_token_id.as_ref());
        }
        record(&self.span, "clerk.trace_id", failure.response.trace_id.as_deref());
        self.span.record("error.type", error_type(failure));
    }

    fn end(&mut self, attempts: u32) {
        self.now = Now::Ended;
        self.span.record("clerk.attempts", attempts);
        self.span.record("clerk.ambiguous", self.ambiguous);
    }
}

impl Drop for CallSpan {
    fn drop(&mut self) {
        if self.now != Now::Ended {
            self.span.record("error.type", DROPPED);
        }
        if self.now == Now::Waits && self.ambiguous {
            report_dropped(self.replay);
        }
    }
}

/// The span of an attempt.
pub(super) struct AttemptSpan<'a> {
    span: Span,
    call: &'a CallSpan,
    progress: Option<SendProgress>,
    ended: bool,
}

impl AttemptSpan<'_> {
    /// Sends the request in the span of the attempt.
    pub(super) fn send<F: Future + Unpin>(
        &mut self,
        progress: &SendProgress,
        request: F,
    ) -> impl Future<Output = F::Output> + Unpin + use<F> {
        self.progress = Some(progress.clone());
        request.instrument(self.span.clone())
    }

    /// Reads the response, and ends the span with what may be shown of it.
    #[expect(clippy::result_large_err, reason = "it is that of the reader")]
    pub(super) fn read<O: Operation>(
        mut self,
        operation: &O,
        response: HttpResponse,
        reader: ResponseReader<'_>,
    ) -> Result<O::Output, Failure> {
        if self.span.is_disabled() {
            self.ended = true;
            return reader.read(operation, response);
        }
        let info = response.status().is_success().then(|| SuccessInfo::of(&response, reader));
        let output = match reader.read(operation, response) {
            Ok(output) => output,
            Err(failure) => return Err(self.failed(failure)),
        };
        self.ended = true;
        if let Some(info) = info {
            self.record_response(Some(info.status), info.trace_id.as_deref());
            record(&self.call.span, "clerk.trace_id", info.trace_id.as_deref());
            if operation.actor_token_id(None).is_none() {
                let id = operation.actor_token_id(Some(&output));
                record_id(&self.call.span, id.filter(|id| info.may_show(id)));
            }
        }
        Ok(output)
    }

    /// Ends the span of an attempt that failed, and returns the failure.
    pub(super) fn failed(mut self, failure: Failure) -> Failure {
        self.ended = true;
        let response = &failure.response;
        self.record_response(response.status, response.trace_id.as_deref());
        self.span.record("error.type", error_type(&failure));
        self.span.record("otel.status_code", "ERROR");
        failure
    }

    fn record_response(&self, status: Option<StatusCode>, trace_id: Option<&str>) {
        record(&self.span, "http.response.status_code", status.map(|status| status.as_u16()));
        record(&self.span, "clerk.trace_id", trace_id);
    }
}

impl Drop for AttemptSpan<'_> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.span.record("error.type", DROPPED);
        let may_be_sent = |progress: &SendProgress| progress.sent() == Sent::Maybe;
        if self.call.ambiguous || self.progress.as_ref().is_some_and(may_be_sent) {
            report_dropped(self.call.replay);
        }
    }
}

/// Records a field, if it has a value. Subscribers show a field without one as an empty string.
fn record(span: &Span, field: &str, value: Option<impl Value>) {
    if let Some(value) = value {
        span.record(field, value);
    }
}

fn record_id(span: &Span, id: Option<&ActorTokenId>) {
    record(span, "clerk.actor_token_id", id.map(ActorTokenId::as_str));
}

/// Reports that a call was dropped although a request of it may have taken effect.
fn report_dropped(replay: Replay) {
    if replay == Replay::OnlyIfUnsent {
        warn!(
            target: TARGET,
            { error.type = DROPPED },
            "the call was dropped, and its request may have taken effect",
        );
    }
}

/// Returns the host, without the brackets of an IPv6 address.
fn host(host_and_port: &str) -> &str {
    let host = host_and_port.rsplit_once(':').map_or(host_and_port, |(host, _)| host);
    host.trim_matches(['[', ']'])
}

fn port(host_and_port: &str) -> Option<u16> {
    host_and_port.rsplit_once(':')?.1.parse().ok()
}

/// Returns a name for what went wrong: one of few, so that metrics can count by it.
fn error_type(failure: &Failure) -> &str {
    match &failure.stage {
        Stage::Transport(error) => kind_name(error.kind()),
        Stage::Timeout(_) => TIMEOUT,
        Stage::Refused(refusal) => refusal.status.as_str(),
        Stage::Unexpected(response) => name_of_unexpected(&response.status),
    }
}

/// Returns the name of what the last request of a call failed with.
fn error_type_of_call(error: &Error) -> String {
    match error {
        Error::InvalidInput(_) | Error::Config(_) => kind_name(TransportErrorKind::Config).into(),
        Error::Transport(failure) => kind_name(failure.transport_error().kind()).into(),
        Error::Timeout(_) => TIMEOUT.into(),
        Error::Api(api) => api.status().as_str().into(),
        Error::Unexpected(response) => name_of_unexpected(&response.status()).into(),
    }
}

fn name_of_unexpected(status: &StatusCode) -> &str {
    if status.is_success() { "mismatch" } else { status.as_str() }
}

fn kind_name(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::Timeout => TIMEOUT,
        TransportErrorKind::Tls => "tls",
        TransportErrorKind::Config => "config",
        TransportErrorKind::Io => "io",
        TransportErrorKind::Incomplete => "incomplete",
        TransportErrorKind::TooLarge => "too_large",
        TransportErrorKind::Other => "other",
    }
}
