use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

/// The streams that calls hold on a connection, and what these calls have found out about it.
pub(super) struct Streams {
    state: Mutex<State>,
    /// Notified when a call that waits for a stream should look again, on any connection.
    vacancy: Arc<Notify>,
    has_responded: AtomicBool,
    is_unresponsive: AtomicBool,
}

struct State {
    open: usize,
    /// How many have been opened in all.
    opened: u64,
    /// When the last stream was closed.
    idle_since: Instant,
    is_retired: bool,
    /// Dropped when the connection is no longer needed, which ends its task.
    in_use: Option<oneshot::Sender<Infallible>>,
}

impl Streams {
    /// Creates the count for a new connection, and the receiver that ends when the connection is
    /// no longer needed: when the count is dropped, or the last stream of a retired connection is
    /// closed.
    pub(super) fn new(vacancy: Arc<Notify>) -> (Self, oneshot::Receiver<Infallible>) {
        let (sender, receiver) = oneshot::channel();
        let state = Mutex::new(State {
            open: 0,
            opened: 0,
            idle_since: Instant::now(),
            is_retired: false,
            in_use: Some(sender),
        });
        let (has_responded, is_unresponsive) = (AtomicBool::new(false), AtomicBool::new(false));
        (Self { state, vacancy, has_responded, is_unresponsive }, receiver)
    }

    /// Counts one more stream and returns its number, unless there are `limit` already or the
    /// connection is retired.
    pub(super) fn open(&self, limit: usize) -> Option<u64> {
        let mut state = self.state();
        if state.is_retired || state.open >= limit {
            return None;
        }
        state.open += 1;
        state.opened += 1;
        Some(state.opened)
    }

    /// Counts one stream fewer.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.open = state.open.saturating_sub(1);
        state.idle_since = Instant::now();
        state.end_unless_used();
        drop(state);
        self.vacancy.notify_one();
    }

    /// Opens no more streams. The open ones may finish.
    pub(super) fn retire(&self) {
        let mut state = self.state();
        state.is_retired = true;
        state.end_unless_used();
        drop(state);
        self.vacancy.notify_one();
    }

    pub(super) fn is_retired(&self) -> bool {
        self.state().is_retired
    }

    /// Returns `true` if none has been opened yet.
    pub(super) fn are_unused(&self) -> bool {
        self.state().opened == 0
    }

    pub(super) fn count(&self) -> usize {
        self.state().open
    }

    /// Returns since when no stream has been open, or `None` if one is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.open == 0).then_some(state.idle_since)
    }

    /// Records that the head of a response has arrived.
    pub(super) fn record_response(&self) {
        self.has_responded.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_responded(&self) -> bool {
        self.has_responded.load(Ordering::Relaxed)
    }

    /// Records that the server did not respond to a ping.
    pub(super) fn record_lost_ping(&self) {
        self.is_unresponsive.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_unresponsive(&self) -> bool {
        self.is_unresponsive.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end_unless_used(&mut self) {
        if self.is_retired && self.open == 0 {
            self.in_use = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Streams, oneshot::error::TryRecvError};

    #[test]
    fn streams_are_opened_up_to_the_limit() {
        let (streams, _end_of_use) = Streams::new(Arc::default());
        assert!(streams.are_unused() && streams.idle_since().is_some());
        assert_eq!((streams.open(0), streams.open(2), streams.open(2)), (None, Some(1), Some(2)));
        assert_eq!((streams.open(2), streams.count()), (None, 2));
        assert!(!streams.are_unused() && streams.idle_since().is_none());
        streams.close();
        assert_eq!((streams.open(2), streams.open(2)), (Some(3), None));
        // The limit may be lowered below their count.
        assert_eq!(streams.open(1), None);
        streams.close();
        streams.close();
        assert!(streams.count() == 0 && streams.idle_since().is_some());
    }

    #[test]
    fn a_retired_connection_ends_with_its_last_stream() {
        let (streams, mut end_of_use) = Streams::new(Arc::default());
        assert!(streams.open(9).is_some() && streams.open(9).is_some());
        streams.close();
        streams.retire();
        assert!(streams.is_retired() && streams.open(9).is_none());
        assert_eq!(end_of_use.try_recv().unwrap_err(), TryRecvError::Empty);
        streams.close();
        assert_eq!(end_of_use.try_recv().unwrap_err(), TryRecvError::Closed);
    }

    #[test]
    fn an_idle_connection_ends_when_it_is_retired_or_dropped() {
        let (streams, mut end_of_use) = Streams::new(Arc::default());
        streams.retire();
        assert_eq!(end_of_use.try_recv().unwrap_err(), TryRecvError::Closed);
        let (streams, mut end_of_use) = Streams::new(Arc::default());
        assert_eq!(end_of_use.try_recv().unwrap_err(), TryRecvError::Empty);
        drop(streams);
        assert_eq!(end_of_use.try_recv().unwrap_err(), TryRecvError::Closed);
    }
}
