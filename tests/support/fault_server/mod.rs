//! A server on loopback that does what a script says, byte by byte, and keeps a ledger of what
//! really arrived.
//!
//! It has a runtime of its own, on a thread of its own: a test may hold its own thread or its own
//! clock still.

mod http2;
mod ledger;
mod peer;
mod step;

use std::{
    fmt,
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

pub use ledger::{Ledger, Operation, Request};
use peer::Peer;
pub use step::{Ending, Script, Step, Stream, Until};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::{Semaphore, watch},
};

/// For how long a test waits for something that must come, before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of its thread: what it logs is not what the client logs.
pub const THREAD: &str = "fault-server";

pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    ledger: watch::Sender<Ledger>,
    permits: Semaphore,
    /// How many connections have a script, each of whose steps must come to pass.
    scripted: usize,
}

impl FaultServer {
    /// Starts a server whose first connections follow these scripts; those after them are served
    /// properly.
    pub fn start(scripts: &[Script]) -> Self {
        Self::start_with(scripts, vec![Step::Serve])
    }

    /// The same with another script for all connections after the first ones.
    pub fn start_with(scripts: &[Script], otherwise: Script) -> Self {
        let (count, steps) = (scripts.len(), scripts.iter().map(Vec::len).sum());
        let scripts = scripts.to_vec();
        let script = move |number: usize| scripts.get(number).unwrap_or(&otherwise).clone();
        Self::listen(count, steps, Arc::new(script))
    }

    /// Starts a server that asks for the script of each connection, by its number.
    pub fn start_by(script: impl Fn(usize) -> Script + Send + Sync + 'static) -> Self {
        Self::listen(0, 0, Arc::new(script))
    }

    fn listen(
        scripted: usize,
        steps_to_come: usize,
        script: Arc<dyn Fn(usize) -> Script + Send + Sync>,
    ) -> Self {
        let ledger = Ledger { steps_to_come, ..Ledger::default() };
        let shared = Arc::new(Shared {
            ledger: watch::Sender::new(ledger),
            permits: Semaphore::new(0),
            scripted,
        });
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(THREAD)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&shared), script));
        Self { address, shared, runtime: Some(runtime) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn http(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn https(&self) -> String {
        format!("https://{}/v1", self.address)
    }

    /// Tells how many connections have a script of their own.
    pub fn scripted(&self) -> usize {
        self.shared.scripted
    }

    pub fn ledger(&self) -> Ledger {
        self.shared.ledger.borrow().clone()
    }

    /// Lets one [`Step::Hold`], or one byte of a [`Step::Drip`], go on.
    pub fn let_go(&self) {
        self.shared.permits.add_permits(1);
    }

    /// Waits until the ledger says so, and fails if it does not in a long time. The caller's clock
    /// has no part in it.
    pub async fn until(&self, is_so: impl Fn(&Ledger) -> bool + Send + Sync + 'static) {
        let waiting = self.wait_for(is_so);
        let came = self.runtime.as_ref().unwrap().spawn(waiting).await.unwrap();
        assert!(came, "it never came: {:?}", self.ledger());
    }

    /// The same, but holds the thread: nothing of the client on it goes on meanwhile, its clock
    /// neither.
    pub fn until_with_all_held(&self, is_so: impl Fn(&Ledger) -> bool + Send + Sync + 'static) {
        let (done, came) = std::sync::mpsc::channel();
        let waiting = self.wait_for(is_so);
        self.runtime.as_ref().unwrap().spawn(async move { done.send(waiting.await) });
        assert!(came.recv().unwrap(), "it never came: {:?}", self.ledger());
    }

    fn wait_for(
        &self,
        is_so: impl Fn(&Ledger) -> bool + Send + Sync + 'static,
    ) -> impl Future<Output = bool> + Send + 'static {
        let mut ledger = self.shared.ledger.subscribe();
        async move {
            matches!(tokio::time::timeout(PATIENCE, ledger.wait_for(|l| is_so(l))).await, Ok(Ok(_)))
        }
    }

    /// Waits until every step of every script has come to pass: a fault that did not strike proves
    /// nothing.
    pub async fn until_played(&self) {
        self.until(|ledger| ledger.steps_to_come == 0).await;
    }
}

impl Shared {
    fn enter<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut result = None;
        self.ledger.send_modify(|ledger| result = Some(change(ledger)));
        result.unwrap()
    }
}

async fn accept(
    listener: std::net::TcpListener,
    shared: Arc<Shared>,
    script: Arc<dyn Fn(usize) -> Script + Send + Sync>,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let number = shared.enter(|ledger| {
            ledger.connections += 1;
            ledger.connections - 1
        });
        tokio::spawn(play(stream, number, Arc::clone(&shared), script(number)));
    }
}

async fn play(stream: TcpStream, number: usize, shared: Arc<Shared>, script: Script) {
    let mut peer = Peer::new(stream, number, Arc::clone(&shared));
    for step in script {
        if number < shared.scripted {
            shared.enter(|ledger| ledger.steps_to_come -= 1);
        }
        // That the client ends a connection early is the end of the script.
        if peer.take(step).await.is_err() {
            break;
        }
    }
    drop(peer);
    shared.enter(|ledger| ledger.ended += 1);
}

impl fmt::Debug for FaultServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultServer").field("ledger", &self.ledger()).finish_non_exhaustive()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
