use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// Runs a future without a runtime: polls it until it is done, or until it waits for something that
/// nothing brings about.
///
/// Nothing blocks and no thread is parked, so a test can never hang here. `None` says that the
/// future waits: for a [`ManualTimer`](crate::ManualTimer) to be advanced, for an answer that never
/// comes, or for a real socket, for which there must be a runtime.
///
/// A future that is given away is dropped when it stalls. To go on with it later, lend it: `&mut
/// call` for a [`Call`](clerk_core::Call), a [`pin!`](std::pin::pin)ned `future.as_mut()` for any
/// other.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::Timer;
/// use clerk_transport_mock::{ManualTimer, run_until_stalled};
///
/// let timer = ManualTimer::new();
/// let mut nap = std::pin::pin!(timer.sleep(Duration::from_secs(60)));
/// assert_eq!(run_until_stalled(nap.as_mut()), None);
/// timer.advance(Duration::from_secs(60));
/// assert_eq!(run_until_stalled(nap), Some(()));
/// ```
pub fn run_until_stalled<T>(future: impl Future<Output = T>) -> Option<T> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        if !woken.0.swap(false, Ordering::AcqRel) {
            return None;
        }
    }
}

/// Remembers that somebody asked for another poll.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, poll_fn, ready},
        task::Poll,
    };

    use super::run_until_stalled;

    #[test]
    fn a_future_is_polled_as_long_as_it_is_woken() {
        let mut left = 3;
        let countdown = poll_fn(|context| {
            if left == 0 {
                return Poll::Ready("done");
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        });
        assert_eq!(run_until_stalled(countdown), Some("done"));
    }

    #[test]
    fn a_future_that_nobody_wakes_has_stalled() {
        assert_eq!(run_until_stalled(pending::<()>()), None);
        assert_eq!(run_until_stalled(ready(1)), Some(1));
    }
}
