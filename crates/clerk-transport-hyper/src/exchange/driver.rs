use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use crate::task::Task;

/// The task that drives a connection, until the connection or its last user ends.
///
/// Without it, the connection would go on writing a request whose call has ended.
pub(super) struct Driver {
    failure: Arc<Mutex<Option<hyper::Error>>>,
    _task: Task,
}

impl Driver {
    pub(super) fn spawn(
        connection: impl Future<Output = Result<(), hyper::Error>> + Send + 'static,
    ) -> Self {
        let failure = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&failure);
        let task = tokio::spawn(async move {
            // Dropped last, because that hands requests back.
            let mut connection = pin!(connection);
            let result = connection.as_mut().await;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = result.err();
        });
        Self { failure, _task: task.into() }
    }

    /// Returns the error with which the connection ended, unless it was returned before.
    ///
    /// A request that arrives after the end is handed back without this error.
    pub(super) fn take_failure(&self) -> Option<hyper::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
