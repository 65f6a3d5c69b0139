use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use super::race::{First, race};

/// Waits for a future, but no longer than a limit.
pub(crate) async fn within<T: Send>(
    limit: Duration,
    future: impl Future<Output = T> + Send,
) -> Option<T> {
    match race(future, Deadline::after(limit)).await {
        First::Left(output) => Some(output),
        First::Right(()) => None,
    }
}

/// The end of a duration, which a thread of its own waits for.
struct Deadline {
    state: Arc<Mutex<State>>,
    /// The thread ends as soon as this is dropped.
    _thread: Sender<()>,
}

#[derive(Default)]
struct State {
    is_over: bool,
    waker: Option<Waker>,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let (sender, receiver) = channel();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            if receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
                state.is_over = true;
                let waker = state.waker.take();
                drop(state);
                waker.into_iter().for_each(Waker::wake);
            }
        });
        Self { state, _thread: sender }
    }
}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
