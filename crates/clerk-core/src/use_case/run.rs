use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use super::call::Plan;
use crate::{
    domain::ActorToken,
    error::{Error, TimeLimit, TimeoutError},
    port::{SendProgress, Sent, Timer, TransportError, TransportErrorKind},
    retry::{Budget, Outcome, has_time_left, judge, next_delay},
    wire,
};

/// Makes attempts until one succeeds, or the law or the time says that there is to be no other.
#[expect(
    clippy::manual_async_fn,
    reason = "the future of an `async fn` has room for each argument twice"
)]
pub(super) fn run(plan: Plan) -> impl Future<Output = Result<ActorToken, Error>> + Send {
    async move { attempts(&plan).await }
}

async fn attempts(plan: &Plan) -> Result<ActorToken, Error> {
    let timer = plan.shared.timer.as_deref();
    let start = timer.map(Timer::now);
    let retries = &plan.limits.retries;
    let mut budget = Budget { attempts: 0, elapsed: Duration::ZERO, timeout: plan.limits.timeout };
    let mut ambiguous = false;
    loop {
        budget.attempts += 1;
        let error = match attempt(plan, budget.timeout.saturating_sub(budget.elapsed)).await {
            Ok(actor_token) => return Ok(actor_token),
            Err(error) => error,
        };
        budget.elapsed = elapsed(timer, start);
        let verdict = judge(plan.draft.operation(), outcome(&error), retries);
        // Sticky: what an earlier attempt may have done is not undone by a later one.
        ambiguous |= verdict.ambiguous;
        let next = if verdict.again {
            next_delay(retries, budget, error.retry_after(), fastrand::f64())
        } else {
            None
        };
        if let (Some(next), Some(timer)) = (next, timer) {
            timer.sleep(next).await;
            // A sleep may last longer than it was asked to.
            budget.elapsed = elapsed(Some(timer), start);
            if has_time_left(retries, budget) {
                continue;
            }
        }
        return Err(error.stamped(budget.attempts, ambiguous));
    }
}

/// Sends the request once and reads the answer.
async fn attempt(plan: &Plan, time_left: Duration) -> Result<ActorToken, Error> {
    let Plan { shared, draft, limits } = plan;
    let progress = SendProgress::default();
    let answer = shared.transport.send(draft.request(&shared.headers, progress.clone()));
    let answer = match shared.timer.as_deref() {
        None => answer.await,
        Some(timer) => match within(timer, limits.attempt_timeout.min(time_left), answer).await {
            Some(answer) => answer,
            None => {
                return Err(timed_out(
                    limits.timeout,
                    limits.attempt_timeout,
                    time_left,
                    progress.sent(),
                ));
            }
        },
    };
    let now = shared.timer.as_deref().map(Timer::wall_clock);
    match answer {
        Ok(response) => wire::read(response, draft.revokes(), &shared.secret_key, now),
        Err(error) => Err(wire::no_answer(error, &shared.secret_key, now)),
    }
}

/// Waits for `work`, but no longer than `limit`.
async fn within<T>(timer: &dyn Timer, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut end = timer.sleep(limit);
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(Some(result));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}

fn timed_out(
    timeout: Duration,
    attempt_timeout: Duration,
    time_left: Duration,
    sent: Sent,
) -> Error {
    let limit = if attempt_timeout < time_left {
        TimeLimit::Attempt(attempt_timeout)
    } else {
        TimeLimit::Call(timeout)
    };
    Error::Timeout(TimeoutError::new(limit, sent))
}

/// Tells the law what an attempt's error means.
fn outcome(error: &Error) -> Outcome {
    match error {
        Error::InvalidInput(_) | Error::Config(_) => {
            Outcome::NoAnswer(TransportErrorKind::Config, Sent::No)
        }
        Error::Transport(failure) => no_answer(failure.transport_error()),
        Error::Timeout(timeout) => match timeout.transport_error() {
            Some(error) => no_answer(error),
            None => Outcome::NoAnswer(TransportErrorKind::Timeout, timeout.sent()),
        },
        Error::Api(api) => Outcome::Refused(api.status()),
        Error::Unexpected(response) if response.status().is_success() => Outcome::Misfit,
        Error::Unexpected(response) => Outcome::Refused(response.status()),
    }
}

/// A status that had arrived says what happened, whether or not the body followed; one that only
/// announces an answer does not.
fn no_answer(error: &TransportError) -> Outcome {
    match error.status() {
        Some(status) if !status.is_success() && !status.is_informational() => {
            Outcome::Refused(status)
        }
        _ => Outcome::NoAnswer(error.kind(), error.sent()),
    }
}

fn elapsed(timer: Option<&dyn Timer>, start: Option<Duration>) -> Duration {
    match (timer, start) {
        (Some(timer), Some(start)) => timer.now().saturating_sub(start),
        _ => Duration::ZERO,
    }
}
