use tokio::runtime::Handle;

/// Returns how many tasks of the client are alive: one for each of its connections.
pub(crate) fn alive_tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Waits until no more than `count` tasks are alive, and the client knows that its other
/// connections are closed.
pub(crate) async fn until_tasks_alive(count: usize) {
    while alive_tasks() > count {
        tokio::task::yield_now().await;
    }
}
