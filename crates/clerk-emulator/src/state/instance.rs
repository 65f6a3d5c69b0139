use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{clock::Clock, ledger::Ledger};

/// A Clerk instance, shared by the server and the [`Emulator`](crate::Emulator).
pub(crate) struct Instance {
    pub(crate) secret_key: String,
    /// `None` if every user exists.
    users: Option<HashSet<String>>,
    pub(crate) clock: Clock,
    ledger: Mutex<Ledger>,
}

impl Instance {
    pub(crate) fn new(secret_key: String, users: Option<HashSet<String>>) -> Self {
        Self { secret_key, users, clock: Clock::start(), ledger: Mutex::default() }
    }

    pub(crate) fn has_user(&self, id: &str) -> bool {
        self.users.as_ref().is_none_or(|users| users.contains(id))
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
