use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::{Duration, SystemTime},
};

/// Is the time that all clones of a `ManualTimer` share, and who waits for it.
#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) now: Duration,
    pub(crate) calendar: SystemTime,
    pace: Pace,
    pub(crate) slept: Vec<Duration>,
    sleepers: BTreeMap<SleeperId, Sleeper>,
    last_id: SleeperId,
}

/// Says what makes time pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing but `advance`.
    Manual,
    /// Whoever waits: time jumps to the end of the sleep that ends first.
    Auto,
}

pub(crate) type SleeperId = u64;

#[derive(Debug)]
struct Sleeper {
    duration: Duration,
    /// `None` for an end that no clock can express: it is never reached.
    due: Option<Duration>,
    /// The present, when it was last asked for.
    asked_at: Duration,
    waker: Waker,
}

/// Takes the clock for a moment. No state of it can be half done, so a panic elsewhere does not
/// spoil it.
pub(crate) fn lock(clock: &Mutex<Clock>) -> MutexGuard<'_, Clock> {
    clock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clock {
    pub(crate) fn new(now: Duration, calendar: SystemTime, pace: Pace) -> Self {
        Self { now, calendar, pace, slept: Vec::new(), sleepers: BTreeMap::new(), last_id: 0 }
    }

    /// Moves time forward and gives those to be woken. A step that leads beyond what a clock can
    /// express is not taken.
    pub(crate) fn advance(&mut self, step: Duration) -> Vec<Waker> {
        if let Some(now) = self.now.checked_add(step) {
            self.now = now;
            self.calendar = self.calendar.checked_add(step).unwrap_or(self.calendar);
        }
        let due = self.sleepers.values().filter(|sleeper| sleeper.is_due(self.now));
        due.map(|sleeper| sleeper.waker.clone()).collect()
    }

    /// Moves time, if it moves by itself, to the end of the sleep that ends first.
    ///
    /// Only a sleep that is asked for the second time at the same moment makes it jump: by then,
    /// everyone else had the chance to say that they wait too, or to see that their own sleep
    /// is over.
    pub(crate) fn ask_again(&mut self, id: SleeperId) -> Vec<Waker> {
        let (now, pace) = (self.now, self.pace);
        let Some(sleeper) = self.sleepers.get_mut(&id) else { return Vec::new() };
        if pace == Pace::Manual || mem::replace(&mut sleeper.asked_at, now) != now {
            return Vec::new();
        }
        self.next_end().map_or_else(Vec::new, |end| self.advance(end.saturating_sub(now)))
    }

    /// Tells whether it would help to ask again.
    pub(crate) fn can_jump(&self) -> bool {
        self.pace == Pace::Auto && self.next_end().is_some()
    }

    /// Gives the next end of a sleep that lies ahead.
    fn next_end(&self) -> Option<Duration> {
        self.sleepers.values().filter_map(|sleeper| sleeper.due).filter(|due| *due > self.now).min()
    }

    pub(crate) fn begin(&mut self, duration: Duration, waker: Waker) -> SleeperId {
        self.last_id += 1;
        let due = self.now.checked_add(duration);
        self.sleepers.insert(self.last_id, Sleeper { duration, due, asked_at: self.now, waker });
        self.last_id
    }

    /// Ends a sleep and records it if it is due; keeps it, with the waker, if it is not.
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

    /// Forgets a sleep that nobody waits for any more.
    pub(crate) fn abandon(&mut self, id: SleeperId) {
        self.sleepers.remove(&id);
    }

    /// Gives the sleeps under way, the oldest first.
    pub(crate) fn sleeping(&self) -> Vec<Duration> {
        self.sleepers.values().map(|sleeper| sleeper.duration).collect()
    }
}

impl Sleeper {
    fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}
