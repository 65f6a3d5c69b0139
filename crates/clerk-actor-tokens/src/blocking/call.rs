use std::{fmt, time::Duration};

use clerk_core::{
    Error, RetryConfig,
    http::{HeaderName, HeaderValue},
};

use super::{runtime_thread::RuntimeThread, spans::in_current_span};

/// A single call with its own settings, which does nothing until it is sent.
///
/// # Examples
///
/// ```no_run
/// # use clerk_actor_tokens::{ActorTokenId, Error, blocking::Clerk};
/// # fn revoke(clerk: &Clerk, id: ActorTokenId) -> Result<(), Error> {
/// use std::time::Duration;
///
/// use clerk_actor_tokens::RetryConfig;
///
/// let call = clerk.actor_tokens().revoke(&id).timeout(Duration::from_secs(5));
/// let revoked = call.retries(RetryConfig::none()).header("x-request-id", "42").send()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct Call<Output> {
    call: clerk_core::Call<Output>,
    thread: RuntimeThread,
}

impl<Output> Call<Output> {
    pub(super) fn new(call: clerk_core::Call<Output>, thread: &RuntimeThread) -> Self {
        Self { call, thread: thread.clone() }
    }

    /// Sets how this call is retried. Needs a timer, unless it is [`RetryConfig::none`].
    pub fn retries(self, retries: RetryConfig) -> Self {
        Self { call: self.call.retries(retries), ..self }
    }

    /// Sets how long this call may take, attempts and delays included. Needs a timer.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { call: self.call.timeout(timeout), ..self }
    }

    /// Sets how long each attempt of this call may take. Needs a timer.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { call: self.call.attempt_timeout(timeout), ..self }
    }

    /// Adds a header; see [`Call::header`](crate::Call::header).
    pub fn header(self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        Self { call: self.call.header(name, value), ..self }
    }
}

impl<Output: Send + 'static> Call<Output> {
    /// Makes the call, and blocks the current thread until its result is known.
    ///
    /// Inside an async runtime, it blocks the runtime's thread for as long. This is not an error,
    /// but whatever else should run on that thread waits.
    ///
    /// # Errors
    ///
    /// Those of [`Call`](crate::Call), and [`Error::Config`] if the hidden thread cannot be
    /// started: nothing was sent.
    ///
    /// # Panics
    ///
    /// Panics if the transport or the timer does.
    pub fn send(self) -> Result<Output, Error> {
        self.thread.run(in_current_span(self.call))?
    }
}

impl<Output> fmt::Debug for Call<Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}
