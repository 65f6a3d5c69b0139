use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// A server that reads one request on each connection, writes any bytes at all, and closes.
///
/// It records requests byte for byte, and can respond as no proper server would.
pub struct SocketServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SocketServer {
    /// Starts a server that writes these bytes in response to every request.
    pub fn start(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, stopping) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicBool>::default());
        let (seen, stop) = (Arc::clone(&requests), Arc::clone(&stopping));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Acquire) {
                    break;
                }
                if let Some(request) = read_request(&stream) {
                    seen.lock().unwrap().push(request);
                    // A client may close before it has read everything.
                    let _closed = (&stream).write_all(&response);
                }
            }
        });
        Self { address, requests, stopping, thread: Some(thread) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server and returns all requests that arrived.
    pub fn stop(mut self) -> Vec<Vec<u8>> {
        self.shut_down();
        self.requests.lock().unwrap().clone()
    }

    fn shut_down(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // Connections are accepted in order: once this one is, all earlier ones have been.
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

/// Reads a request with a `content-length`, unless the connection closes before it is complete.
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
