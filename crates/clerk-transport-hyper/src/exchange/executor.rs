use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::rt;
use tokio::task::JoinSet;

/// An executor that can end its tasks, for those that hyper spawns beside an HTTP/2 connection.
#[derive(Clone, Default)]
pub(super) struct Executor(Arc<Mutex<JoinSet<()>>>);

impl Executor {
    pub(super) fn abort_all(&self) {
        self.tasks().abort_all();
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Future<Output: Send> + Send + 'static> rt::Executor<F> for Executor {
    fn execute(&self, future: F) {
        let mut tasks = self.tasks();
        // Forget those that have ended.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async { drop(future.await) });
    }
}
