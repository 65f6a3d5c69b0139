use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A future that is watched: whether it was woken, which shows that something has happened to it.
pub(crate) struct Watched<F> {
    future: F,
    wakes: Arc<Wakes>,
}

/// A record of whether a future was woken.
#[derive(Default)]
pub(crate) struct Wakes {
    is_woken: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl<F> Watched<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future, wakes: Arc::default() }
    }

    pub(crate) fn wakes(&self) -> Arc<Wakes> {
        Arc::clone(&self.wakes)
    }
}

impl<F: Future + Unpin> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        *self.wakes.waker() = Some(context.waker().clone());
        let waker = Waker::from(self.wakes());
        Pin::new(&mut self.future).poll(&mut Context::from_waker(&waker))
    }
}

impl Wakes {
    /// Forgets that the future was woken.
    pub(crate) fn forget(&self) {
        self.is_woken.store(false, Ordering::Release);
    }

    /// Waits until the future was woken. It must be polled together with the future.
    pub(crate) async fn woken(&self) {
        poll_fn(|_| {
            if self.is_woken.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn waker(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        let waker = self.waker().take();
        waker.into_iter().for_each(Waker::wake);
    }
}
