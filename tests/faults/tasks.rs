use tokio::runtime::Handle;

/// How many times a test yields to tasks that must end before it fails: for many seconds.
const PATIENCE: usize = 5_000_000;

/// The task that closes the idle connections of a pool, as long as there are any.
pub(crate) const SWEEPER: usize = 1;

/// Returns how many tasks of the client are alive: one for each of its connections, and the
/// [`SWEEPER`].
pub(crate) fn alive_tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Waits until no more than `count` tasks are alive, and the client knows that its other
/// connections are closed.
///
/// # Panics
/// If that does not happen for a long time.
pub(crate) async fn until_tasks_alive(count: usize) {
    for _ in 0..PATIENCE {
        if alive_tasks() <= count {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{} tasks are still alive", alive_tasks());
}
