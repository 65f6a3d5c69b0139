use std::{
    future::poll_fn,
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    task::Poll,
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{connection::Connection, ledger::Ledger, request::Head, shared::Shared, step::Step};
use crate::wait::within;

/// What a server does after it has read the head of a request.
type Plan = dyn Fn(&Head) -> Vec<Step> + Send + Sync;

/// A server on loopback, with a thread for each connection.
pub(crate) struct Server {
    address: SocketAddr,
    patience: Duration,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that follows this plan for every request.
    pub(crate) fn start(
        patience: Duration,
        plan: impl Fn(&Head) -> Vec<Step> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let (address, shared) = (listener.local_addr()?, Arc::<Shared>::default());
        let (state, plan): (_, Arc<Plan>) = (Arc::clone(&shared), Arc::new(plan));
        let acceptor = thread::spawn(move || accept(&listener, patience, &state, &plan));
        Ok(Self { address, patience, shared, acceptor: Some(acceptor) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the record so far.
    pub(crate) fn ledger(&self) -> Ledger {
        self.shared.state().ledger.clone()
    }

    /// Waits until the record is as expected, for longer than the server itself waits for a client,
    /// and returns `true` if it ever is.
    pub(crate) async fn until(&self, is_met: impl Fn(&Ledger) -> bool + Send + Sync) -> bool {
        let met = poll_fn(|context| {
            let mut state = self.shared.state();
            if is_met(&state.ledger) {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        });
        within(self.patience.saturating_mul(2), met).await.is_some()
    }

    /// Lets one connection go on that is or will be on hold.
    pub(crate) fn release(&self) {
        self.shared.update(|state| state.releases += 1);
    }

    /// Stops the server, once it has read everything that was sent to it, and returns the record.
    pub(crate) fn stop(mut self) -> Ledger {
        self.shut_down();
        self.ledger()
    }

    fn shut_down(&mut self) {
        self.shared.stop();
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(acceptor)) = (woken, self.acceptor.take()) {
            let _panicked = acceptor.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.acceptor.is_some() {
            self.shut_down();
        }
    }
}

/// Serves connections until the server stops, and waits for their threads.
fn accept(listener: &TcpListener, patience: Duration, shared: &Arc<Shared>, plan: &Arc<Plan>) {
    let mut threads = Vec::new();
    for (number, stream) in (1..).zip(listener.incoming().map_while(Result::ok)) {
        // What was connected before the server stopped is served, and nothing is waited for.
        if shared.state().is_stopping && listener.set_nonblocking(true).is_err() {
            break;
        }
        let (state, plan) = (Arc::clone(shared), Arc::clone(plan));
        if let Ok(mut connection) = Connection::new(number, stream, patience, state) {
            threads.push(thread::spawn(move || connection.serve(&*plan)));
        }
    }
    for thread in threads {
        let _panicked = thread.join();
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, net::TcpStream, time::Duration};

    use super::{Server, Step};

    #[test]
    fn everything_that_was_sent_before_the_stop_is_read() {
        let server = Server::start(Duration::from_secs(10), |_| vec![Step::ReadBody]).unwrap();
        let clients: Vec<_> = (0..50)
            .map(|number| {
                let mut client = TcpStream::connect(server.address()).unwrap();
                client.write_all(format!("GET /{number} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
                client
            })
            .collect();
        assert_eq!(server.stop().requests.len(), clients.len());
    }
}
