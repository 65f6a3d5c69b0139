use tokio::task::JoinHandle;

/// A spawned task that ends when this value is dropped, if it has not ended before.
pub(crate) struct Task(JoinHandle<()>);

impl From<JoinHandle<()>> for Task {
    fn from(handle: JoinHandle<()>) -> Self {
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
