use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::fault::Fault;
use crate::api::Operation;

/// The faults that wait for requests, and the counts of both.
///
/// One lock guards all of it, so that of faults for any request the n-th takes the n-th.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    waiting: VecDeque<Fault>,
    fired: usize,
    requests: usize,
}

impl FaultQueue {
    pub(crate) fn push(&self, fault: Fault) {
        self.lock().waiting.push_back(fault);
    }

    /// Counts a request and takes the fault that is to fire on it, if one is waiting.
    pub(crate) fn begin_request(&self, operation: Option<Operation>) -> Option<Fault> {
        let mut counts = self.lock();
        counts.requests += 1;
        let position = counts.waiting.iter().position(|fault| fault.fires_on(operation))?;
        counts.waiting.remove(position)
    }

    /// Counts a fault. A fault that was taken may never fire: the client may disconnect first.
    pub(crate) fn count_fired(&self) {
        self.lock().fired += 1;
    }

    pub(crate) fn fired(&self) -> usize {
        self.lock().fired
    }

    pub(crate) fn requests(&self) -> usize {
        self.lock().requests
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
