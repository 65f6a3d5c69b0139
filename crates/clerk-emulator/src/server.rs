//! The listener and its thread.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::oneshot};

use crate::service::Service;

/// A server that runs until it is dropped.
///
/// It has a thread and a runtime of its own, so that it serves callers who block, callers who have
/// no runtime, and callers whose runtime has stopped its clock.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    /// Dropping it tells the thread to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(port: u16, service: Service) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        // The runtime is built where it will be dropped: dropping it inside a caller's runtime
        // would panic.
        let (started, starting) = mpsc::sync_channel(1);
        let thread =
            std::thread::Builder::new().name("clerk-emulator".to_owned()).spawn(move || {
                match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    Err(error) => drop(started.send(Err(error))),
                    Ok(runtime) => runtime.block_on(run(listener, service, stopped, &started)),
                }
            })?;
        let server = Self { address, stop: Some(stop), thread: Some(thread) };
        starting.recv().map_err(io::Error::other)??;
        Ok(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported over there.
            drop(thread.join());
        }
    }
}

/// Connections are tasks of the runtime: they end when it is dropped, right after this.
async fn run(
    listener: TcpListener,
    service: Service,
    mut stopped: oneshot::Receiver<()>,
    started: &mpsc::SyncSender<io::Result<()>>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return drop(started.send(Err(error))),
    };
    drop(started.send(Ok(())));
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(converse(stream, service.clone()))),
                // Out of file descriptors, most likely. That passes; trying again at once does not help.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn converse(stream: TcpStream, service: Service) {
    let service = service_fn(move |request| service.clone().respond(request));
    // Small answers at once; a failure only makes them slower.
    drop(stream.set_nodelay(true));
    // Every error ends the connection, and most of them were ordered as faults.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}
