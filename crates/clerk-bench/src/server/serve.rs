use std::{
    env, fs,
    io::{self, Write as _},
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use clerk_bench::BoxError;
use tokio::{net::TcpSocket, runtime::Builder};

use super::{plain, protocol::Protocol, tls};

const USAGE: &str = "usage: clerk-bench serve PROTOCOL DELAY_MILLISECONDS";

/// The length of the accept queue: more than the number of clients that connect at once.
const BACKLOG: u32 = 4096;

/// Prints the server's base URL, then the path of its certificate if there is one, and serves until
/// standard input ends.
pub fn serve(args: &[String]) -> Result<(), BoxError> {
    let [protocol, delay] = args else { return Err(USAGE.into()) };
    let protocol: Protocol = protocol.parse()?;
    let delay = Duration::from_millis(delay.parse()?);
    // On one thread, to leave the other cores to the client.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        socket.listen(BACKLOG)
    })?;
    let port = listener.local_addr()?.port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    if let Some(alpn) = protocol.alpn() {
        let (config, certificate) = tls::identity(alpn)?;
        let path = env::temp_dir().join(format!("clerk-bench-{}.der", process::id()));
        fs::write(&path, certificate)?;
        print_line(&format!("https://127.0.0.1:{port}/v1 {}", path.display()))?;
        thread::spawn(move || report_connections(&counter));
        runtime.block_on(tls::serve(listener, config, delay, &connections))
    } else {
        print_line(&format!("http://127.0.0.1:{port}/v1"))?;
        thread::spawn(move || report_connections(&counter));
        runtime.block_on(plain::serve(listener, delay, &connections))
    }
}

/// Prints the number of new connections for each line of standard input, and exits when the input
/// ends, because the parent is gone.
fn report_connections(connections: &AtomicUsize) {
    for line in io::stdin().lines() {
        if line.is_err() || print_line(&connections.swap(0, Ordering::Relaxed).to_string()).is_err()
        {
            break;
        }
    }
    process::exit(0);
}

fn print_line(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
