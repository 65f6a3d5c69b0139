use std::{future::Future, time::Duration};

use super::{Settings, attempt::attempt, jitter::jitter, spans::CallSpan};
use crate::{
    error::{Error, Failure, Stage, Timeout},
    port::{Timer, TransportError, TransportErrorKind},
    retry::{Budget, Outcome, decide, has_time_left, next_delay},
    wire::Operation,
};

/// Runs one operation, in a span of its own.
pub(super) fn run<O: Operation>(
    operation: &O,
    settings: &Settings,
) -> impl Future<Output = Result<O::Output, Error>> {
    let span = CallSpan::new(operation, &settings.shared.secret_key);
    span.run(|span| attempts(operation, settings, span))
}

/// Makes attempts until one succeeds, or the rules or the time left allow no more.
async fn attempts<O: Operation>(
    operation: &O,
    settings: &Settings,
    mut span: CallSpan,
) -> Result<O::Output, Error> {
    let timer = settings.shared.timer.as_deref();
    let retries = &settings.limits.retries;
    let start = timer.map(Timer::now);
    let mut budget =
        Budget { attempts: 0, elapsed: Duration::ZERO, timeout: settings.limits.timeout };
    let mut ambiguous = false;
    loop {
        budget.attempts += 1;
        let time_left = budget.timeout.saturating_sub(budget.elapsed);
        let attempt_span = span.attempt::<O>(budget.attempts, &settings.shared.base_url);
        let attempt = attempt(operation, settings, budget.attempts, time_left, attempt_span);
        let failure = match attempt.await {
            Ok(output) => {
                span.succeeded(budget.attempts);
                return Ok(output);
            }
            Err(failure) => failure,
        };
        budget.elapsed = elapsed(timer, start);
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
            budget.elapsed = elapsed(Some(timer), start);
            if has_time_left(retries, budget) {
                continue;
            }
        }
        span.failed(budget.attempts, &failure);
        let authority = settings.shared.base_url.host_and_port();
        return Err(failure.into_error(budget.attempts, ambiguous, authority));
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

fn elapsed(timer: Option<&dyn Timer>, start: Option<Duration>) -> Duration {
    match (timer, start) {
        (Some(timer), Some(start)) => timer.now().saturating_sub(start),
        _ => Duration::ZERO,
    }
}
