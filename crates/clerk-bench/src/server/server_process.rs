use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use clerk_bench::BoxError;

use super::protocol::Protocol;

/// A server in another process, which ends when this value is dropped.
#[derive(Debug)]
pub struct ServerProcess {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    base_url: String,
    certificate: Option<PathBuf>,
}

impl ServerProcess {
    /// Starts a server that waits for a delay before each response.
    pub fn start(protocol: Protocol, delay: Duration) -> Result<Self, BoxError> {
        let mut process = Command::new(env::current_exe()?)
            .args(["serve", &protocol.to_string(), &delay.as_millis().to_string()])
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

    /// Returns the command-line arguments that `Target::from_args` parses.
    pub fn to_args(&self) -> Vec<String> {
        let certificate = self.certificate.iter().map(|path| path.display().to_string());
        [self.base_url.clone()].into_iter().chain(certificate).collect()
    }

    /// Returns the number of connections that the server accepted since the last time it was asked.
    pub fn take_connections(&mut self) -> Result<usize, BoxError> {
        writeln!(self.stdin)?;
        let mut count = String::new();
        self.stdout.read_line(&mut count)?;
        Ok(count.trim().parse()?)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Errors do not matter: the process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(certificate) = &self.certificate {
            let _ = fs::remove_file(certificate);
        }
    }
}
