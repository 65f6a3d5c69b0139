//! The only file of this crate that names `tracing`.

use std::future::Future;

use tracing::instrument::{Instrument as _, WithSubscriber as _};

/// Makes a call part of the current span, and has it report to the subscriber of this thread.
pub(super) fn in_current_span<F: Future>(call: F) -> impl Future<Output = F::Output> {
    call.in_current_span().with_current_subscriber()
}
