//! A server that is a socket and a script: it shows requests byte for byte, and can answer as no
//! proper server would.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// Reads one request on each connection, writes what it was told to, and closes. It stops when it
/// is dropped.
pub struct SocketServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SocketServer {
    /// Answers every request with these bytes; with none, it reads the request and closes.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_| answer.clone())
    }

    /// Answers every request with what is made of its bytes.
    pub fn start(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("it listens");
        let (requests, stopping) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicBool>::default());
        let (seen, stop) = (Arc::clone(&requests), Arc::clone(&stopping));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Acquire) {
                    break;
                }
                if let Some(request) = read_request(&stream) {
                    let answer = answer(&request);
                    seen.lock().expect("nobody panics with it").push(request);
                    // A client may have seen enough before it has read all.
                    let _client_left = (&stream).write_all(&answer);
                }
            }
        });
        Self { address, requests, stopping, thread: Some(thread) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops, and gives all requests that arrived until then.
    pub fn stop(mut self) -> Vec<Vec<u8>> {
        self.shut_down();
        self.requests.lock().expect("nobody panics with it").clone()
    }

    fn shut_down(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // Connections are taken in their order: once this one is, all before it were.
        let _wake = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Reads a request whose length is told by `content-length`; none if the connection closes before
/// it is whole.
fn read_request(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut request = Vec::new();
    let mut length = 0;
    loop {
        let start = request.len();
        reader.read_until(b'\n', &mut request).ok().filter(|read| *read > 0)?;
        let line = String::from_utf8_lossy(&request[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let head = request.len();
    request.resize(head + length, 0);
    reader.read_exact(&mut request[head..]).ok()?;
    Some(request)
}
