use std::time::Duration;

use super::{Settings, attempt::attempt};
use crate::{
    error::{Error, Failure, Stage, Timeout},
    port::{Timer, TransportError, TransportErrorKind},
    retry::{Budget, Outcome, decide, has_time_left, next_delay},
    wire::Operation,
};

/// Makes attempts until one succeeds, or the rules or the time left allow no more.
pub(super) async fn run<O: Operation>(
    operation: &O,
    settings: &Settings,
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
        let failure = match attempt(operation, settings, budget.attempts, time_left).await {
            Ok(output) => return Ok(output),
            Err(failure) => failure,
        };
        budget.elapsed = elapsed(timer, start);
        let decision = decide(O::REPLAY, outcome(&failure), retries);
        // Sticky: a later attempt does not undo what an earlier one may have done.
        ambiguous |= decision.ambiguous;
        let delay = if decision.retry {
            next_delay(retries, budget, failure.response.retry_after, fastrand::f64())
        } else {
            None
        };
        if let (Some(delay), Some(timer)) = (delay, timer) {
            timer.sleep(delay).await;
            // A sleep may last longer than asked for.
            budget.elapsed = elapsed(Some(timer), start);
            if has_time_left(retries, budget) {
                continue;
            }
        }
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
