use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use crate::clock::{Clock, SleeperId, lock};

/// A sleep on a `ManualTimer`. It begins at the first poll and, once dropped, leaves no trace.
pub(crate) struct Sleep {
    clock: Arc<Mutex<Clock>>,
    duration: Duration,
    id: Option<SleeperId>,
}

impl Sleep {
    pub(crate) fn new(clock: Arc<Mutex<Clock>>, duration: Duration) -> Self {
        Self { clock, duration, id: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = Arc::clone(&self.clock);
        let mut clock = lock(&shared);
        let (id, mut to_wake) = match self.id {
            None => (clock.begin(self.duration, context.waker().clone()), Vec::new()),
            Some(id) => (id, clock.poll_again(id)),
        };
        self.id = Some(id);
        let is_over = clock.end_if_due(id, context.waker());
        if !is_over && clock.can_jump() {
            to_wake.push(context.waker().clone());
        }
        drop(clock);
        for waker in to_wake {
            waker.wake();
        }
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            lock(&self.clock).abandon(id);
        }
    }
}
