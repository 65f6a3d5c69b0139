use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use super::{Settings, spans::AttemptSpan};
use crate::{
    error::{Failure, ResponseInfo, Stage, Timeout},
    port::{Attempt, Timer},
    wire::{Operation, ResponseReader, request},
};

/// Sends the request of an operation once and reads the response.
pub(super) async fn attempt<O: Operation>(
    operation: &O,
    settings: &Settings,
    number: u32,
    time_left: Duration,
    mut span: AttemptSpan<'_>,
) -> Result<O::Output, Failure> {
    let Settings { shared, limits, custom_headers } = settings;
    let timer = shared.timer.as_deref();
    let limit = limits.attempt_timeout.min(time_left);
    let attempt = Attempt::new(O::NAME, number, timer.map(|_| limit));
    let progress = attempt.progress().clone();
    let request = request(operation, &shared.base_url, &shared.headers, custom_headers, attempt);
    let response = span.send(&progress, shared.transport.send(request));
    let response = match timer {
        None => Some(response.await),
        Some(timer) => within(timer, limit, response).await,
    };
    let reader = ResponseReader { key: &shared.secret_key, timer };
    match response {
        Some(Ok(response)) => span.read(operation, response, reader),
        Some(Err(error)) => Err(span.failed(reader.transport_failure(error))),
        None => {
            let timeout = if limits.attempt_timeout < time_left {
                Timeout::Attempt(limits.attempt_timeout, progress.sent())
            } else {
                Timeout::Call(limits.timeout, progress.sent())
            };
            let response = ResponseInfo::default();
            Err(span.failed(Failure { stage: Stage::Timeout(timeout), response }))
        }
    }
}

/// Waits for `work`, but no longer than `limit`.
fn within<T>(
    timer: &dyn Timer,
    limit: Duration,
    mut work: impl Future<Output = T> + Unpin,
) -> impl Future<Output = Option<T>> {
    let mut end = timer.sleep(limit);
    poll_fn(move |context| {
        if let Poll::Ready(result) = Pin::new(&mut work).poll(context) {
            return Poll::Ready(Some(result));
        }
        end.as_mut().poll(context).map(|()| None)
    })
}
