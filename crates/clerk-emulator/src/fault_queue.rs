//! The faults that are still to come, and the count of those that came.

use std::collections::VecDeque;

use crate::fault::Fault;

#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    waiting: VecDeque<Fault>,
    fired: usize,
}

impl FaultQueue {
    pub(crate) fn push(&mut self, fault: Fault) {
        self.waiting.push_back(fault);
    }

    pub(crate) fn take(&mut self) -> Option<Fault> {
        self.waiting.pop_front()
    }

    /// Taking a fault is not enough: its client may be gone before it strikes.
    pub(crate) fn count_fired(&mut self) {
        self.fired += 1;
    }

    pub(crate) fn fired(&self) -> usize {
        self.fired
    }
}
