//! The cheap server on loopback, in a process of its own: this program again, as `serve`.

mod plain;
mod tls;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clerk_bench::{Failure, target::Target};

/// Which protocol it speaks.
#[derive(Clone, Copy, Debug)]
pub enum Protocol {
    /// HTTP/1.1 in clear.
    Http1,
    /// HTTP/1.1 over TLS, the only one that it offers by ALPN.
    Http1Tls,
    /// HTTP/2 over TLS, agreed upon by ALPN.
    Http2Tls,
}

impl Protocol {
    const ALL: [Self; 3] = [Self::Http1, Self::Http1Tls, Self::Http2Tls];

    fn name(self) -> &'static str {
        match self {
            Self::Http1 => "http1",
            Self::Http1Tls => "http1-tls",
            Self::Http2Tls => "http2-tls",
        }
    }
}

/// Is a server that runs in another process until it is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    base_url: String,
    certificate: Option<PathBuf>,
}

impl Server {
    /// Starts one that waits this long before each answer.
    pub fn start(protocol: Protocol, delay: Duration) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", protocol.name(), &delay.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.take().ok_or("no stdin")?;
        let mut stdout = BufReader::new(process.stdout.take().ok_or("no stdout")?);
        let mut ready = String::new();
        stdout.read_line(&mut ready)?;
        let mut words = ready.split_whitespace();
        let base_url = words.next().ok_or("the server did not start")?.to_owned();
        let certificate = words.next().map(PathBuf::from);
        Ok(Self { process, stdin, stdout, base_url, certificate })
    }

    /// Gives what a child needs to find it.
    pub fn arguments(&self) -> Vec<String> {
        let certificate = self.certificate.iter().map(|path| path.display().to_string());
        [self.base_url.clone()].into_iter().chain(certificate).collect()
    }

    /// Tells how many connections it has accepted since it was last asked.
    pub fn connections(&mut self) -> Result<usize, Failure> {
        writeln!(self.stdin)?;
        let mut count = String::new();
        self.stdout.read_line(&mut count)?;
        Ok(count.trim().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to do if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(certificate) = &self.certificate {
            let _ = std::fs::remove_file(certificate);
        }
    }
}

/// Reads where the server is: what `arguments` gave.
pub fn target(words: &[String]) -> Result<Target, Failure> {
    let (base_url, rest) = words.split_first().ok_or("the base URL is missing")?;
    Target::new(base_url, rest.first().map(PathBuf::from).as_deref())
}

/// Serves until standard input ends.
pub fn serve(words: &[String]) -> Result<(), Failure> {
    let [protocol, delay] = words else { return Err("serve PROTOCOL DELAY_MS".into()) };
    let protocol = Protocol::ALL
        .into_iter()
        .find(|known| known.name() == protocol)
        .ok_or("which protocol?")?;
    let delay = Duration::from_millis(delay.parse()?);
    let connections = Arc::new(AtomicUsize::new(0));
    // One thread: it is to be cheap, and there are clients to run beside it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        // Room for a thousand who knock at once.
        socket.listen(4096)
    })?;
    let port = listener.local_addr()?.port();
    let counter = Arc::clone(&connections);
    let accept = move || counter.fetch_add(1, Ordering::Relaxed);
    match protocol {
        Protocol::Http1 => {
            say(&format!("http://127.0.0.1:{port}/v1"))?;
            std::thread::spawn(move || answer_the_parent(&connections));
            runtime.block_on(plain::serve(listener, delay, accept))
        }
        Protocol::Http1Tls | Protocol::Http2Tls => {
            let alpn: &[u8] =
                if matches!(protocol, Protocol::Http2Tls) { b"h2" } else { b"http/1.1" };
            let (config, certificate) = tls::identity(alpn)?;
            let path = std::env::temp_dir().join(format!("clerk-bench-{}.der", std::process::id()));
            std::fs::write(&path, certificate)?;
            say(&format!("https://127.0.0.1:{port}/v1 {}", path.display()))?;
            std::thread::spawn(move || answer_the_parent(&connections));
            runtime.block_on(tls::serve(listener, config, delay, accept))
        }
    }
}

/// Gives the count for each line, and ends the process with the parent.
fn answer_the_parent(connections: &AtomicUsize) {
    for line in std::io::stdin().lines() {
        if line.is_err() || say(&connections.swap(0, Ordering::Relaxed).to_string()).is_err() {
            break;
        }
    }
    std::process::exit(0);
}

fn say(line: &str) -> Result<(), std::io::Error> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
