use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{HttpRequest, Sent};

/// Tells, while a request is under way, whether it may have reached the server.
///
/// Core puts one into the extensions of every request and reads it when a timeout strikes.
/// Untouched it says [`Sent::Maybe`]: a transport that knows nothing of it stays safe. One that
/// does marks it not written when it begins to connect, and written just before the first byte can
/// leave.
///
/// ```
/// use clerk_core::{HttpRequest, SendProgress, Sent};
///
/// let progress = SendProgress::default();
/// let mut request = HttpRequest::default();
/// request.extensions_mut().insert(progress.clone());
///
/// assert_eq!(progress.sent(), Sent::Maybe);
/// SendProgress::of(&request).mark_not_written();
/// assert_eq!(progress.sent(), Sent::No);
/// SendProgress::of(&request).mark_written();
/// assert_eq!(progress.sent(), Sent::Maybe);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SendProgress {
    not_written: Arc<AtomicBool>,
}

impl SendProgress {
    /// Gives the one that travels with a request, or one that nobody reads if there is none.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Says that it is certain that nothing has been written so far.
    pub fn mark_not_written(&self) {
        self.not_written.store(true, Ordering::Release);
    }

    /// Says that from now on something may have been written.
    pub fn mark_written(&self) {
        self.not_written.store(false, Ordering::Release);
    }

    /// Tells whether the request may have been sent, by what was marked last.
    pub fn sent(&self) -> Sent {
        if self.not_written.load(Ordering::Acquire) { Sent::No } else { Sent::Maybe }
    }
}
