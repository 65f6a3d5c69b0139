use std::{io, net::TcpListener, sync::mpsc, thread::JoinHandle};

use tokio::sync::oneshot;

use super::{listener, service::Service};

/// A server that runs until it is dropped.
///
/// It has a thread and a runtime of its own, so that it also serves callers that block, callers
/// without a runtime, and callers whose runtime has paused its clock.
#[derive(Debug)]
pub(crate) struct ServerThread {
    /// Dropping the sender stops the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    /// Starts a server for the connections to this listener.
    pub(crate) fn start(listener: TcpListener, service: Service) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (started, starting) = mpsc::sync_channel(1);
        // The runtime is built on the thread that drops it: dropping a runtime inside another one,
        // such as the caller's, panics.
        let thread =
            std::thread::Builder::new().name("clerk-emulator".to_owned()).spawn(move || {
                match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    Err(error) => drop(started.send(Err(error))),
                    Ok(runtime) => runtime.block_on(run(listener, service, stopped, &started)),
                }
            })?;
        let server = Self { stop: Some(stop), thread: Some(thread) };
        starting.recv().map_err(io::Error::other)??;
        Ok(server)
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been reported there.
            drop(thread.join());
        }
    }
}

/// Connections are tasks of the runtime: they end when it is dropped, right after this returns.
async fn run(
    listener: TcpListener,
    service: Service,
    stopped: oneshot::Receiver<()>,
    started: &mpsc::SyncSender<io::Result<()>>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return drop(started.send(Err(error))),
    };
    drop(started.send(Ok(())));
    tokio::select! {
        _ = stopped => {}
        () = listener::accept_connections(&listener, &service) => {}
    }
}
