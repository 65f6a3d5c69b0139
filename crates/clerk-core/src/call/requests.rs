use std::{future::Future, time::Duration};

use http::Method;

use super::{
    Settings,
    attempt::attempt,
    jitter::jitter,
    spans::{CallSpan, UseCaseSpan},
};
use crate::{
    domain::ActorTokenId,
    error::{Error, Failure, ResponseInfo, Stage, Timeout},
    port::{Sent, Timer, TransportError, TransportErrorKind},
    retry::{Budget, Outcome, decide, has_time_left, next_delay, time_limit},
    wire::{Operation, ResponseReader},
};

/// The requests of one call, one after another.
///
/// They share the call's settings. Its time is counted from the first of them, and it is ambiguous
/// as soon as one of them took effect, or may have.
pub(crate) struct Requests {
    settings: Settings,
    /// The actor token that the whole call is about: every error names it.
    actor_token_id: Option<ActorTokenId>,
    /// When the first request began; `None` before it, and without a timer.
    start: Option<Duration>,
    ambiguous: bool,
}

/// A request that failed, after all its attempts. The error of the call is made of it, if the call
/// ends here.
#[derive(Debug)]
pub(crate) struct FailedRequest {
    /// How the last attempt failed.
    pub(crate) failure: Failure,
    attempts: u32,
    /// Whether any attempt may have taken effect.
    pub(crate) ambiguous: bool,
}

impl Requests {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, actor_token_id: None, start: None, ambiguous: false }
    }

    /// Lets every error name this token, unless the id is a secret by mistake.
    pub(crate) fn about(self, actor_token_id: Option<&ActorTokenId>) -> Self {
        let reader = ResponseReader { key: &self.settings.shared.secret_key, timer: None };
        let actor_token_id = actor_token_id.filter(|id| reader.may_show(id)).cloned();
        Self { actor_token_id, ..self }
    }

    /// Returns a span for all of them, if there are several.
    pub(crate) fn span(&self, operation: &'static str) -> UseCaseSpan {
        UseCaseSpan::new(operation, self.actor_token_id.as_ref())
    }

    /// Performs one operation, in a span of its own.
    pub(crate) fn send<O: Operation>(
        &mut self,
        operation: &O,
    ) -> impl Future<Output = Result<O::Output, FailedRequest>> {
        let span = CallSpan::new(operation, &self.settings.shared.secret_key);
        span.run(|span| self.attempts(operation, span))
    }

    /// Returns `true` if there is time left for another request.
    pub(crate) fn has_time_left(&self) -> bool {
        has_time_left(&self.settings.limits.retries, self.budget(0))
    }

    /// Creates the error of a call that ends with this request.
    pub(crate) fn into_error(self, failed: FailedRequest) -> Error {
        let FailedRequest { mut failure, attempts, .. } = failed;
        if self.actor_token_id.is_some() {
            failure.response.actor_token_id = self.actor_token_id;
        }
        let authority = self.settings.shared.base_url.host_and_port();
        failure.into_error(attempts, self.ambiguous, authority)
    }

    /// Makes attempts until one succeeds, or the rules or the time left allow no more.
    async fn attempts<O: Operation>(
        &mut self,
        operation: &O,
        mut span: CallSpan,
    ) -> Result<O::Output, FailedRequest> {
        if self.start.is_none() {
            self.start = self.settings.shared.timer.as_deref().map(Timer::now);
        } else if !self.has_time_left() {
            let failure = self.out_of_time();
            span.failed(0, &failure);
            return Err(FailedRequest { failure, attempts: 0, ambiguous: false });
        }
        let timer = self.settings.shared.timer.as_deref();
        let retries = &self.settings.limits.retries;
        let mut budget = self.budget(0);
        let mut ambiguous = false;
        loop {
            budget.attempts += 1;
            let time_left = budget.timeout.saturating_sub(budget.elapsed);
            let attempt_span = span.attempt::<O>(budget.attempts, &self.settings.shared.base_url);
            let attempt =
                attempt(operation, &self.settings, budget.attempts, time_left, attempt_span);
            let failure = match attempt.await {
                Ok(output) => {
                    span.succeeded(budget.attempts);
                    self.ambiguous |= O::METHOD != Method::GET;
                    return Ok(output);
                }
                Err(failure) => failure,
            };
            budget.elapsed = self.elapsed();
            let decision = decide(O::REPLAY, outcome(&failure), retries);
            // Sticky: a later attempt does not undo what an earlier one may have done.
            ambiguous |= decision.ambiguous;
            let delay = if decision.retry {
                // Without a timer there is no retry, and no delay to vary.
                let jitter = timer.map_or(0.0, jitter);
                next_delay(retries, budget, failure.response.retry_after, jitter)
            } else {
                None
            };
            let retry = delay.zip(timer);
            span.attempt_failed(&failure, decision.ambiguous, retry.map(|(delay, _)| delay));
            if let Some((delay, timer)) = retry {
                timer.sleep(delay).await;
                // A sleep may last longer than asked for.
                budget.elapsed = self.elapsed();
                if has_time_left(retries, budget) {
                    continue;
                }
            }
            span.failed(budget.attempts, &failure);
            self.ambiguous |= ambiguous;
            return Err(FailedRequest { failure, attempts: budget.attempts, ambiguous });
        }
    }

    fn budget(&self, attempts: u32) -> Budget {
        Budget { attempts, elapsed: self.elapsed(), timeout: self.settings.limits.timeout }
    }

    /// Returns the time since the first request began.
    fn elapsed(&self) -> Duration {
        match (&self.settings.shared.timer, self.start) {
            (Some(timer), Some(start)) => timer.now().saturating_sub(start),
            _ => Duration::ZERO,
        }
    }

    /// Describes a request that is not sent any more, because an earlier one took too long.
    fn out_of_time(&self) -> Failure {
        let limits = &self.settings.limits;
        let limit = time_limit(&limits.retries, limits.timeout);
        let stage = Stage::Timeout(Timeout::Call(limit, Sent::No));
        Failure { stage, response: ResponseInfo::default() }
    }
}

/// Returns what the rules need to know about a failed attempt.
fn outcome(failure: &Failure) -> Outcome {
    match &failure.stage {
        Stage::Transport(error) | Stage::Timeout(Timeout::Transport(error)) => no_response(error),
        Stage::Timeout(timeout) => Outcome::NoResponse(TransportErrorKind::Timeout, timeout.sent()),
        Stage::Refused(refusal) => Outcome::Refused(refusal.status),
        Stage::Unexpected(response) if response.status.is_success() => Outcome::Mismatch,
        Stage::Unexpected(response) => Outcome::Refused(response.status),
    }
}

/// Decides what an attempt without a complete response means.
///
/// A final status tells what happened even if its body did not arrive. A success does not, because
/// its body is what counts, and neither does a status that only announces a response.
fn no_response(error: &TransportError) -> Outcome {
    match error.status() {
        Some(status) if !status.is_success() && !status.is_informational() => {
            Outcome::Refused(status)
        }
        _ => Outcome::NoResponse(error.kind(), error.sent()),
    }
}
