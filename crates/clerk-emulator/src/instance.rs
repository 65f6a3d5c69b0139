//! What the server and the handle of an emulator share: one Clerk instance, as it were.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{clock::Clock, fault::Fault, fault_queue::FaultQueue, ledger::Ledger};

pub(crate) struct Instance {
    pub(crate) secret_key: String,
    users: Option<HashSet<String>>,
    pub(crate) clock: Clock,
    ledger: Mutex<Ledger>,
    traffic: Mutex<Traffic>,
}

/// One lock for both, so that the n-th request is the one that takes the n-th fault.
#[derive(Default)]
struct Traffic {
    requests: usize,
    faults: FaultQueue,
}

impl Instance {
    /// `None` for users means that any user exists.
    pub(crate) fn new(secret_key: String, users: Option<HashSet<String>>) -> Self {
        let clock = Clock::start();
        Self { secret_key, users, clock, ledger: Mutex::default(), traffic: Mutex::default() }
    }

    pub(crate) fn has_user(&self, id: &str) -> bool {
        self.users.as_ref().is_none_or(|users| users.contains(id))
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin_request(&self) -> Option<Fault> {
        let mut traffic = self.traffic();
        traffic.requests += 1;
        traffic.faults.take()
    }

    pub(crate) fn requests(&self) -> usize {
        self.traffic().requests
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.traffic().faults.push(fault);
    }

    pub(crate) fn count_fired(&self) {
        self.traffic().faults.count_fired();
    }

    pub(crate) fn faults_fired(&self) -> usize {
        self.traffic().faults.fired()
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
