use std::time::Duration;

use super::SendProgress;

/// One attempt of a call, as seen by the transport that carries it out.
///
/// The core attaches one to the [`Body`](crate::Body) of every request. A transport reads it with
/// [`of`](Self::of): to name the operation in a log line, or to keep a time limit of its own below
/// the core's. It also holds the [`SendProgress`] of the request.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use clerk_core::{Attempt, HttpRequest};
///
/// let mut request = HttpRequest::default();
/// Attempt::new("actor_tokens.create", 1, Some(Duration::from_secs(10))).attach(&mut request);
///
/// let attempt = Attempt::of(&request).unwrap();
/// assert_eq!((attempt.operation(), attempt.number()), ("actor_tokens.create", 1));
/// ```
#[derive(Clone, Debug)]
pub struct Attempt {
    operation: &'static str,
    number: u32,
    limit: Option<Duration>,
    progress: SendProgress,
}

impl Attempt {
    /// Creates an attempt. The core does so for every request; tests of a transport do so by hand.
    ///
    /// `number` counts from 1, and `limit` is how long the attempt may take.
    pub fn new(operation: &'static str, number: u32, limit: Option<Duration>) -> Self {
        Self { operation, number, limit, progress: SendProgress::default() }
    }

    /// Returns the name of the operation: `actor_tokens.create`, `actor_tokens.revoke`,
    /// `sessions.list` or `sessions.revoke`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the number of the attempt, counted from 1 for each request of a call.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns how long the attempt may take before the core abandons it; `None` without a timer.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }

    pub(crate) fn progress(&self) -> &SendProgress {
        &self.progress
    }
}
