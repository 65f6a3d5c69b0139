use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderName, HeaderValue};

use super::{
    actor_tokens::Shared,
    builder::{Limits, check_retries, check_timeout},
    run::run,
};
use crate::{
    domain::{ActorToken, InvalidInput},
    error::Error,
    retry::RetryConfig,
    wire::{Draft, extra},
};

/// Is one call of `create` or `revoke`: a future that does nothing until it is polled, with
/// settings of its own until then.
///
/// ```no_run
/// # async fn revoke(actor_tokens: clerk_core::ActorTokens, id: clerk_core::ActorTokenId) -> Result<(), clerk_core::Error> {
/// use std::time::Duration;
/// use clerk_core::RetryConfig;
///
/// let call = actor_tokens.revoke(&id).timeout(Duration::from_secs(5)).retries(RetryConfig::none());
/// let revoked = call.header("x-request-id", "42").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::InvalidInput`] if the input or a setting cannot work: nothing was sent. Every other
/// error is about an attempt that was made; [`Error::is_ambiguous`] tells whether the request may
/// have taken effect.
///
/// # Cancel safety
///
/// Dropping it sends nothing more. What was already sent may take effect: a create that is dropped
/// while it is under way may leave a live token that nobody can name. Bound it with
/// [`timeout`](Self::timeout) instead, and the error says so.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call {
    state: State,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a box around the plan would be one more allocation in every call"
)]
enum State {
    Ready(Result<Plan, InvalidInput>),
    Running(Pin<Box<dyn Future<Output = Result<ActorToken, Error>> + Send>>),
    Done,
}

/// Is everything that is known before the first attempt.
pub(super) struct Plan {
    pub(super) shared: Arc<Shared>,
    pub(super) draft: Draft,
    pub(super) limits: Limits,
}

impl Call {
    pub(super) fn new(shared: &Arc<Shared>, draft: Result<Draft, InvalidInput>) -> Self {
        let plan =
            draft.map(|draft| Plan { shared: Arc::clone(shared), draft, limits: shared.limits });
        Self { state: State::Ready(plan) }
    }

    /// Sets how this call is tried again. Needs a timer, unless it is [`RetryConfig::none`].
    pub fn retries(self, retries: RetryConfig) -> Self {
        self.set(|plan| {
            plan.limits.retries = retries;
            check_retries(&retries, plan.has_timer())
                .map_err(|reason| InvalidInput::new("retries", reason))
        })
    }

    /// Sets how long this call may take, attempts and pauses included. Needs a timer.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|plan| {
            plan.limits.timeout = timeout;
            check_timeout(timeout, plan.has_timer())
                .map_err(|reason| InvalidInput::new("timeout", reason))
        })
    }

    /// Sets how long each attempt of this call may take. Needs a timer.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(|plan| {
            plan.limits.attempt_timeout = timeout;
            check_timeout(timeout, plan.has_timer())
                .map_err(|reason| InvalidInput::new("attempt_timeout", reason))
        })
    }

    /// Sends a header of your own, in place of one of that name that would be sent otherwise.
    ///
    /// Refused are `authorization`, `host`, what frames the message (`content-length`,
    /// `transfer-encoding`, `connection`), and what asks for an answer in another form
    /// (`accept-encoding`, `expect`, `te`, `upgrade`).
    pub fn header(self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        self.set(|plan| extra(name, value).map(|header| plan.draft.add_header(header)))
    }

    /// Changes the plan, or gives it up if the change cannot work: the first refusal is the one
    /// that is reported.
    fn set(mut self, change: impl FnOnce(&mut Plan) -> Result<(), InvalidInput>) -> Self {
        if let State::Ready(Ok(plan)) = &mut self.state {
            if let Err(refusal) = change(plan) {
                self.state = State::Ready(Err(refusal));
            }
        }
        self
    }
}

impl Plan {
    fn has_timer(&self) -> bool {
        self.shared.timer.is_some()
    }
}

impl Future for Call {
    type Output = Result<ActorToken, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if matches!(self.state, State::Ready(_)) {
            match mem::replace(&mut self.state, State::Done) {
                State::Ready(Ok(plan)) => self.state = State::Running(Box::pin(run(plan))),
                State::Ready(Err(refusal)) => return Poll::Ready(Err(refusal.into())),
                state => self.state = state,
            }
        }
        let State::Running(running) = &mut self.state else {
            // Polled again after its end: nothing will come, and nothing panics.
            return Poll::Pending;
        };
        let result = ready!(running.as_mut().poll(context));
        self.state = State::Done;
        Poll::Ready(result)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Ready(Ok(plan)) => {
                return f
                    .debug_tuple("Call")
                    .field(&plan.draft.operation())
                    .field(&plan.limits)
                    .finish();
            }
            State::Ready(Err(refusal)) => return f.debug_tuple("Call").field(refusal).finish(),
            State::Running(_) => "running",
            State::Done => "done",
        };
        f.debug_tuple("Call").field(&state).finish()
    }
}
