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

use super::{Program, Running, Settings, Shared};
use crate::{domain::InvalidInput, error::Error, retry::RetryConfig, wire::custom_header};

/// A single call: a lazy future with its own settings.
///
/// It does nothing until it is polled. Until then, it can be given retries, time limits and headers
/// of its own.
///
/// # Errors
///
/// [`Error::InvalidInput`] if the input is invalid or a setting cannot work: nothing was sent.
/// Every other error is about an attempt that was made; [`Error::is_ambiguous`] says whether the
/// request may have taken effect.
///
/// # Cancel safety
///
/// Once dropped, a call sends nothing more. What was already sent may take effect: a create that is
/// dropped while it is under way may leave a live token that nobody can name. Limit it with
/// [`timeout`](Self::timeout) instead; the error then says whether that may have happened.
///
/// # Examples
///
/// ```no_run
/// # async fn revoke(
/// #     actor_tokens: clerk_core::ActorTokens,
/// #     id: clerk_core::ActorTokenId,
/// # ) -> Result<(), clerk_core::Error> {
/// use std::time::Duration;
///
/// use clerk_core::RetryConfig;
///
/// let call = actor_tokens.revoke(&id).timeout(Duration::from_secs(5));
/// let revoked = call.retries(RetryConfig::none()).header("x-request-id", "42").await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<Output> {
    state: State<Output>,
}

enum State<T> {
    Ready(Box<dyn Program<Output = T>>, Settings),
    Rejected(InvalidInput),
    Running(Running<T>),
    Done,
}

impl<T> Call<T> {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        program: Result<impl Program<Output = T> + 'static, InvalidInput>,
    ) -> Self {
        let state = match program {
            Ok(program) => State::Ready(Box::new(program), Settings::new(Arc::clone(shared))),
            Err(error) => State::Rejected(error),
        };
        Self { state }
    }

    /// Sets how this call is retried. Needs a timer, unless it is [`RetryConfig::none`].
    pub fn retries(self, retries: RetryConfig) -> Self {
        self.set(|settings| settings.limits.set_retries(retries, settings.has_timer()))
    }

    /// Sets how long this call may take, attempts and delays included. Needs a timer.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.limits.set_timeout(timeout, settings.has_timer()))
    }

    /// Sets how long each attempt of this call may take. Needs a timer.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.limits.set_attempt_timeout(timeout, settings.has_timer()))
    }

    /// Adds a header, which replaces any that would otherwise be sent under the same name.
    ///
    /// Some are rejected: `authorization`, `host`, the headers that frame the message
    /// (`content-length`, `transfer-encoding`, `connection`), and those that ask for a response in
    /// another form (`accept-encoding`, `expect`, `te`, `upgrade`).
    pub fn header(self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        self.set(|settings| {
            settings.custom_headers.push(custom_header(name, value)?);
            Ok(())
        })
    }

    /// Changes a setting. The first one that cannot work is the one that is reported.
    fn set(mut self, change: impl FnOnce(&mut Settings) -> Result<(), InvalidInput>) -> Self {
        if let State::Ready(_, settings) = &mut self.state {
            if let Err(error) = change(settings) {
                self.state = State::Rejected(error);
            }
        }
        self
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut running = match mem::replace(&mut self.state, State::Done) {
            State::Ready(program, settings) => program.run(settings),
            State::Rejected(error) => return Poll::Ready(Err(error.into())),
            State::Running(running) => running,
            // Polled again after completion: stay pending rather than panic.
            State::Done => return Poll::Pending,
        };
        let poll = running.as_mut().poll(context);
        if poll.is_pending() {
            self.state = State::Running(running);
        }
        Poll::Ready(ready!(poll))
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut call = f.debug_tuple("Call");
        match &self.state {
            State::Ready(program, settings) => call.field(&program.name()).field(&settings.limits),
            State::Rejected(error) => call.field(error),
            State::Running(_) => call.field(&"running"),
            State::Done => call.field(&"done"),
        };
        call.finish()
    }
}
