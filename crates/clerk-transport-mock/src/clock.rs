use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::{Duration, SystemTime},
};

/// The time that all clones of a `ManualTimer` share, and the sleeps under way.
#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) now: Duration,
    pub(crate) date: SystemTime,
    pace: Pace,
    pub(crate) slept: Vec<Duration>,
    sleepers: BTreeMap<SleeperId, Sleeper>,
    last_id: SleeperId,
}

/// What makes time pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Only `advance`.
    Manual,
    /// Any wait: time jumps to the end of the sleep that ends first.
    Auto,
}

pub(crate) type SleeperId = u64;

#[derive(Debug)]
struct Sleeper {
    duration: Duration,
    /// `None` if the end is beyond what the clock can express, and so is never reached.
    due: Option<Duration>,
    /// The clock's time at the last poll.
    polled_at: Duration,
    waker: Waker,
}

/// Locks the clock. No update leaves it half done, so it can be used even after a panic elsewhere.
pub(crate) fn lock(clock: &Mutex<Clock>) -> MutexGuard<'_, Clock> {
    clock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clock {
    pub(crate) fn new(now: Duration, date: SystemTime, pace: Pace) -> Self {
        Self { now, date, pace, slept: Vec::new(), sleepers: BTreeMap::new(), last_id: 0 }
    }

    /// Moves time forward and returns the wakers of all sleeps that are due. A step beyond what the
    /// clock can express is ignored.
    pub(crate) fn advance(&mut self, step: Duration) -> Vec<Waker> {
        if let Some(now) = self.now.checked_add(step) {
            self.now = now;
            self.date = self.date.checked_add(step).unwrap_or(self.date);
        }
        let due = self.sleepers.values().filter(|sleeper| sleeper.is_due(self.now));
        due.map(|sleeper| sleeper.waker.clone()).collect()
    }

    /// Moves time to the end of the sleep that ends first, if time moves by itself.
    ///
    /// Time jumps only when a sleep is polled twice at the same moment: by then, everything else
    /// has had the chance to begin a sleep of its own, or to find that its sleep is over.
    pub(crate) fn poll_again(&mut self, id: SleeperId) -> Vec<Waker> {
        let (now, pace) = (self.now, self.pace);
        let Some(sleeper) = self.sleepers.get_mut(&id) else { return Vec::new() };
        if pace == Pace::Manual || mem::replace(&mut sleeper.polled_at, now) != now {
            return Vec::new();
        }
        self.next_end().map_or_else(Vec::new, |end| self.advance(end.saturating_sub(now)))
    }

    /// Returns `true` if another poll could move time.
    pub(crate) fn can_jump(&self) -> bool {
        self.pace == Pace::Auto && self.next_end().is_some()
    }

    /// Returns the earliest end of a sleep that is not over.
    fn next_end(&self) -> Option<Duration> {
        self.sleepers.values().filter_map(|sleeper| sleeper.due).filter(|due| *due > self.now).min()
    }

    pub(crate) fn begin(&mut self, duration: Duration, waker: Waker) -> SleeperId {
        self.last_id += 1;
        let due = self.now.checked_add(duration);
        self.sleepers.insert(self.last_id, Sleeper { duration, due, polled_at: self.now, waker });
        self.last_id
    }

    /// Ends and records a sleep if it is due. Otherwise keeps it, with this waker.
    pub(crate) fn end_if_due(&mut self, id: SleeperId, waker: &Waker) -> bool {
        let Some(sleeper) = self.sleepers.get_mut(&id) else { return true };
        if !sleeper.is_due(self.now) {
            sleeper.waker.clone_from(waker);
            return false;
        }
        self.slept.push(sleeper.duration);
        self.sleepers.remove(&id);
        true
    }

    /// Removes a sleep that was dropped before its end.
    pub(crate) fn abandon(&mut self, id: SleeperId) {
        self.sleepers.remove(&id);
    }

    /// Returns the durations of the sleeps under way, the oldest first.
    pub(crate) fn sleeping(&self) -> Vec<Duration> {
        self.sleepers.values().map(|sleeper| sleeper.duration).collect()
    }
}

impl Sleeper {
    fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}
