use std::{
    any::Any,
    future::{Future, poll_fn},
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::{Arc, Mutex, PoisonError, mpsc},
    task::Poll,
    thread,
};

use clerk_core::ConfigError;
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

/// A thread with a runtime, which starts with the first future and ends with the last handle.
#[derive(Clone, Default)]
pub(super) struct RuntimeThread {
    started: Arc<Mutex<Option<Started>>>,
}

struct Started {
    runtime: Handle,
    /// Ends the thread once it is dropped.
    _stop: oneshot::Sender<()>,
}

impl RuntimeThread {
    /// Runs a future on the thread, and blocks until it is done.
    ///
    /// The channel is the standard library's, which blocks anywhere. Tokio's would panic inside a
    /// runtime.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the thread cannot be started. The future was not polled.
    ///
    /// # Panics
    ///
    /// Panics if the future does.
    pub(super) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ConfigError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.runtime()?.spawn(async move {
            let result = catch_panic(future).await;
            // The caller waits for it.
            let _sent = sender.send(result);
        });
        match receiver.recv() {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(panic)) => resume_unwind(panic),
            // Unreachable: this handle keeps the thread, and the thread sends before it drops.
            Err(closed) => resume_unwind(Box::new(closed)),
        }
    }

    fn runtime(&self) -> Result<Handle, ConfigError> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = &*started {
            return Ok(started.runtime.clone());
        }
        let new = start(thread::Builder::new().name("clerk-blocking".to_owned()))?;
        Ok(started.insert(new).runtime.clone())
    }
}

fn start(thread: thread::Builder) -> Result<Started, ConfigError> {
    let (stop, stopped) = oneshot::channel();
    match start_until(thread, stopped) {
        Ok(runtime) => Ok(Started { runtime, _stop: stop }),
        Err(error) => {
            Err(ConfigError::new("blocking", "failed to start the thread").with_source(error))
        }
    }
}

fn start_until(thread: thread::Builder, stopped: oneshot::Receiver<()>) -> io::Result<Handle> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // The runtime is created and dropped on its own thread: dropped inside another, it would panic.
    thread.spawn(move || {
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(sender.send(Err(error))),
        };
        // The receiver waits for it.
        let _sent = sender.send(Ok(runtime.handle().clone()));
        // Nothing is ever sent: the sender is dropped.
        let _stopped = runtime.block_on(stopped);
        // Without this, a host name that is still being resolved would keep the thread.
        runtime.shutdown_background();
    })?;
    receiver.recv().map_err(io::Error::other)?
}

/// Awaits a future, and drops it before it returns.
async fn catch_panic<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    // After a panic, the future is not polled again.
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{start, thread};

    #[test]
    fn a_thread_that_cannot_be_started_is_an_error() {
        let error = start(thread::Builder::new().stack_size(1 << 60)).err().unwrap();
        assert_eq!(error.to_string(), "invalid setting blocking: failed to start the thread");
        assert!(error.source().is_some());
    }
}
