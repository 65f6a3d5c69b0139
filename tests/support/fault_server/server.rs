use std::{
    fmt,
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};

use super::{
    ledger::Ledger,
    peer::Peer,
    shared::Shared,
    step::{Script, Step},
};

/// How long a test waits for something that must happen before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the server's thread, by which its log lines are told from the client's.
pub const THREAD: &str = "fault-server";

/// A server that follows a script on each connection.
///
/// It runs on a thread and a runtime of its own, so that a test may block its own thread or stop
/// its own clock.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// Returns the script of a connection, by its number.
type ScriptOf = dyn Fn(usize) -> Script + Send + Sync;

impl FaultServer {
    /// Starts a server that follows these scripts on its first connections, one each, and responds
    /// properly on all later ones.
    pub fn start(scripts: &[Script]) -> Self {
        Self::start_with(scripts, vec![Step::Serve])
    }

    /// Starts a server that follows these scripts on its first connections, one each, and `rest` on
    /// all later ones.
    pub fn start_with(scripts: &[Script], rest: Script) -> Self {
        let (count, steps) = (scripts.len(), scripts.iter().map(Vec::len).sum());
        let scripts = scripts.to_vec();
        let script_of = move |number: usize| scripts.get(number).unwrap_or(&rest).clone();
        Self::listen(count, steps, Arc::new(script_of))
    }

    /// Starts a server that asks for the script of each connection, by its number.
    pub fn start_by(script_of: impl Fn(usize) -> Script + Send + Sync + 'static) -> Self {
        Self::listen(0, 0, Arc::new(script_of))
    }

    fn listen(scripted: usize, pending_steps: usize, script_of: Arc<ScriptOf>) -> Self {
        let ledger = Ledger { pending_steps, ..Ledger::default() };
        let shared = Arc::new(Shared::new(ledger, scripted));
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(THREAD)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&shared), script_of));
        Self { address, shared, runtime: Some(runtime) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL without TLS.
    pub fn http(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Returns the base URL with TLS.
    pub fn https(&self) -> String {
        format!("https://{}/v1", self.address)
    }

    /// Returns how many connections have a script of their own.
    pub fn scripted(&self) -> usize {
        self.shared.scripted
    }

    pub fn ledger(&self) -> Ledger {
        self.shared.ledger.borrow().clone()
    }

    /// Releases one [`Step::Hold`], or one byte of a [`Step::Drip`].
    pub fn release(&self) {
        self.shared.permits.add_permits(1);
    }

    /// Waits until the ledger meets a condition, by the server's clock and not the caller's.
    ///
    /// # Panics
    /// If that does not happen for a long time.
    pub async fn until(&self, condition: impl Fn(&Ledger) -> bool + Send + Sync + 'static) {
        let waiting = self.wait_for(condition);
        let met = self.runtime.as_ref().unwrap().spawn(waiting).await.unwrap();
        assert!(met, "the condition was never met: {:?}", self.ledger());
    }

    /// Waits like [`until`](Self::until), but blocks the thread: the client's tasks on it make no
    /// progress, and its clock does not either.
    ///
    /// # Panics
    /// If that does not happen for a long time.
    pub fn block_until(&self, condition: impl Fn(&Ledger) -> bool + Send + Sync + 'static) {
        let (sender, receiver) = mpsc::channel();
        let waiting = self.wait_for(condition);
        self.runtime.as_ref().unwrap().spawn(async move { sender.send(waiting.await) });
        assert!(receiver.recv().unwrap(), "the condition was never met: {:?}", self.ledger());
    }

    fn wait_for(
        &self,
        condition: impl Fn(&Ledger) -> bool + Send + Sync + 'static,
    ) -> impl Future<Output = bool> + Send + 'static {
        let mut ledger = self.shared.ledger.subscribe();
        async move {
            let waiting = ledger.wait_for(|ledger| condition(ledger));
            matches!(tokio::time::timeout(PATIENCE, waiting).await, Ok(Ok(_)))
        }
    }

    /// Waits until every step of every script has begun: a fault that did not occur proves nothing.
    pub async fn until_played(&self) {
        self.until(|ledger| ledger.pending_steps == 0).await;
    }
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>, script_of: Arc<ScriptOf>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let number = shared.update(|ledger| {
            ledger.connections += 1;
            ledger.connections - 1
        });
        tokio::spawn(play(stream, number, Arc::clone(&shared), script_of(number)));
    }
}

async fn play(stream: TcpStream, number: usize, shared: Arc<Shared>, script: Script) {
    let mut peer = Peer::new(stream, number, Arc::clone(&shared));
    for step in script {
        if number < shared.scripted {
            shared.update(|ledger| ledger.pending_steps -= 1);
        }
        // The script ends early if the client closes the connection early.
        if peer.play(step).await.is_err() {
            break;
        }
    }
    drop(peer);
    shared.update(|ledger| ledger.closed += 1);
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
