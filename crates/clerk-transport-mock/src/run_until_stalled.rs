use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// Polls a future without a runtime, until it is ready or waits for something that no further poll
/// can bring about.
///
/// Nothing blocks and no thread is parked, so a test can never hang here. `None` means that the
/// future is waiting: for a [`ManualTimer`](crate::ManualTimer) to be advanced, for a response that
/// never comes, or for a real socket, which needs a runtime.
///
/// A future passed by value is dropped when it stalls. To continue with it later, pass a reference:
/// `&mut call` for a [`Call`](clerk_core::Call), `future.as_mut()` for any other future that is
/// [pinned](std::pin::pin).
///
/// # Examples
///
/// ```
/// use std::{pin::pin, time::Duration};
///
/// use clerk_core::Timer;
/// use clerk_transport_mock::{ManualTimer, run_until_stalled};
///
/// let timer = ManualTimer::new();
/// let mut sleep = pin!(timer.sleep(Duration::from_secs(60)));
/// assert_eq!(run_until_stalled(sleep.as_mut()), None);
/// timer.advance(Duration::from_secs(60));
/// assert_eq!(run_until_stalled(sleep), Some(()));
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

/// A flag that is set when the future asks for another poll.
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
    fn a_woken_future_is_polled_again() {
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
    fn a_future_that_is_not_woken_has_stalled() {
        assert_eq!(run_until_stalled(pending::<()>()), None);
        assert_eq!(run_until_stalled(ready(1)), Some(1));
    }
}
