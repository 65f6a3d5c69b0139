use std::{env, process::Stdio, time::Duration};

use crate::{box_error::BoxError, outcome::Outcome, scratch::Scratch, tied_command::tied_command};

/// The variables that name proxies, which are also read in lowercase.
const PROXY_VARIABLES: [&str; 4] = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/// The number of creates to send, and their timing.
pub(crate) struct Load {
    pub(crate) rounds: usize,
    /// How many calls a round makes at the same time.
    pub(crate) at_once: usize,
    /// How many calls follow each other in place of each of these.
    pub(crate) in_a_row: usize,
    /// How long the client is idle between two rounds, at most.
    pub(crate) pause: Duration,
}

impl Load {
    /// Returns a load of one round.
    pub(crate) const fn steady(at_once: usize, in_a_row: usize) -> Self {
        Self { rounds: 1, at_once, in_a_row, pause: Duration::ZERO }
    }

    /// Sends the creates to a server on this port, and returns their outcomes.
    pub(crate) fn run(&self, port: u16, scratch: &Scratch) -> Result<Vec<Outcome>, BoxError> {
        self.call(port, scratch, None)
    }

    /// Sends the creates like [`run`](Self::run), through the proxy at this URL.
    pub(crate) fn run_through(
        &self,
        proxy: &str,
        port: u16,
        scratch: &Scratch,
    ) -> Result<Vec<Outcome>, BoxError> {
        self.call(port, scratch, Some(proxy))
    }

    /// Runs this program again to make the calls. A process of its own has its own environment,
    /// which sets the proxy, and its connections are closed once it has ended.
    fn call(
        &self,
        port: u16,
        scratch: &Scratch,
        proxy: Option<&str>,
    ) -> Result<Vec<Outcome>, BoxError> {
        let numbers = [self.rounds, self.at_once, self.in_a_row].map(|number| number.to_string());
        let mut caller = tied_command(env::current_exe()?);
        caller.arg("call").arg(format!("https://127.0.0.1:{port}/v1")).arg(scratch.identity());
        caller.args(numbers).arg(self.pause.as_millis().to_string());
        for name in PROXY_VARIABLES {
            caller.env_remove(name).env_remove(name.to_lowercase());
        }
        let output =
            caller.envs(proxy.map(|url| ("HTTPS_PROXY", url))).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("the caller failed: {}", output.status).into());
        }
        String::from_utf8(output.stdout)?.lines().map(str::parse).collect()
    }
}
