use std::{
    net::{Shutdown, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    task::Waker,
    time::Duration,
};

use super::ledger::Ledger;

/// What the threads of a server and the check share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ledger: Ledger,
    pub(super) is_stopping: bool,
    /// How many connections may go on that are or will be on hold.
    pub(super) releases: usize,
    pub(super) wakers: Vec<Waker>,
    sockets: Vec<Weak<TcpStream>>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes those that wait for a change.
    pub(super) fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Adds a connection, to be told when the server stops.
    pub(super) fn add(&self, socket: &Arc<TcpStream>) {
        let mut state = self.state();
        state.sockets.push(Arc::downgrade(socket));
        if state.is_stopping {
            end_reading(socket);
        }
    }

    /// Waits until the check releases a connection that is on hold.
    pub(super) fn hold(&self, patience: Duration) {
        let is_held = |state: &mut State| state.releases == 0 && !state.is_stopping;
        let waited = self.changed.wait_timeout_while(self.state(), patience, is_held);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.releases > 0 {
            state.releases -= 1;
        } else if !state.is_stopping {
            drop(state);
            self.update(|state| state.ledger.expired += 1);
        }
    }

    /// Has all threads end as soon as they have read what has arrived.
    pub(super) fn stop(&self) {
        self.update(|state| {
            state.is_stopping = true;
            state.sockets.iter().filter_map(Weak::upgrade).for_each(|socket| end_reading(&socket));
        });
    }
}

/// Has a socket report its end once everything that has arrived was read.
fn end_reading(socket: &TcpStream) {
    // It may be closed already.
    let _closed = socket.shutdown(Shutdown::Read);
}
