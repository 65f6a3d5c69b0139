use std::{
    ffi::OsStr,
    fs::{self, File},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{box_error::BoxError, scratch::Scratch, tied_command::tied_command};

const POLL_INTERVAL: Duration = Duration::from_millis(10);
const MAX_POLLS: usize = 1_000;

/// A server in a process of its own, which ends with this program.
pub(super) struct ServerProcess {
    child: Child,
    stop_signal: &'static str,
}

impl ServerProcess {
    /// Starts a server in the foreground and waits until it accepts connections on all its ports.
    ///
    /// Its output goes to the file `PROGRAM.log`. The signal must stop it gracefully, so that its
    /// log is complete.
    pub(super) fn start<S: AsRef<OsStr>>(
        scratch: &Scratch,
        program: &str,
        args: impl IntoIterator<Item = S>,
        ports: &[u16],
        stop_signal: &'static str,
    ) -> Result<Self, BoxError> {
        let log = scratch.file(&format!("{program}.log"));
        let output = File::create(&log)?;
        let child = tied_command(program)
            .args(args)
            .current_dir(scratch.folder())
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output)
            .spawn()?;
        let mut server = Self { child, stop_signal };
        for port in ports {
            if !server.is_listening(*port)? {
                let log = fs::read_to_string(log)?;
                return Err(format!("{program} does not listen on port {port}: {log}").into());
            }
        }
        Ok(server)
    }

    /// Waits until the server accepts connections; `false` if it ends first, or never does.
    #[expect(clippy::disallowed_methods, reason = "nothing announces that a port is open")]
    fn is_listening(&mut self, port: u16) -> Result<bool, BoxError> {
        for _ in 0..MAX_POLLS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(true);
            }
            if self.child.try_wait()?.is_some() {
                return Ok(false);
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(false)
    }

    /// Stops the server gracefully, and waits until it has ended.
    pub(super) fn stop(mut self) -> Result<(), BoxError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), BoxError> {
        if self.child.try_wait()?.is_none() {
            // The shell's own `kill`, because not every machine has the program.
            let id = self.child.id().to_string();
            Command::new("sh").args(["-c", "kill -s $0 $1", self.stop_signal, &id]).status()?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // After `stop` there is nothing to do, and otherwise the first error is reported.
        let _stopped = self.shut_down();
    }
}
