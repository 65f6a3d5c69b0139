use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::Sent;

/// Whether a request that is under way may have reached the server yet.
///
/// Every [`Attempt`](crate::Attempt) holds one, and the core reads it when a time limit expires. As
/// long as nobody marks it, it reports [`Sent::Maybe`], so a transport that does not know of it is
/// safe. One that does marks the request as not written when it begins to connect, and as written
/// just before the first byte can leave.
///
/// # Examples
///
/// ```
/// use clerk_core::{Attempt, HttpRequest, SendProgress, Sent};
///
/// let mut request = HttpRequest::default();
/// Attempt::new("actor_tokens.revoke", 1, None).attach(&mut request);
///
/// let progress = SendProgress::of(&request);
/// assert_eq!(progress.sent(), Sent::Maybe);
/// progress.mark_not_written();
/// assert_eq!(progress.sent(), Sent::No);
/// progress.mark_written();
/// assert_eq!(progress.sent(), Sent::Maybe);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SendProgress {
    not_written: Arc<AtomicBool>,
}

impl SendProgress {
    /// Marks the request as certainly not written so far.
    pub fn mark_not_written(&self) {
        self.not_written.store(true, Ordering::Release);
    }

    /// Marks the request as possibly written from now on.
    pub fn mark_written(&self) {
        self.not_written.store(false, Ordering::Release);
    }

    /// Returns whether the request may have been sent, according to the latest mark.
    pub fn sent(&self) -> Sent {
        if self.not_written.load(Ordering::Acquire) { Sent::No } else { Sent::Maybe }
    }
}
