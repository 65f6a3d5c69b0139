use std::{fmt, io, sync::Arc, time::Duration};

use crate::{
    builder::EmulatorBuilder,
    faults::{Fault, FaultQueue},
    server::{ServerThread, Service},
    state::{AcceptError, Instance, IssuedToken, Redacted},
};

/// Runs Clerk's actor token endpoints on loopback, and shows and changes what goes on behind them.
///
/// It works in any test: it has a thread and a runtime of its own, every method is synchronous and
/// returns at once. Dropping it closes the port and all connections.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
/// use clerk_emulator::{Emulator, TokenStatus};
///
/// let emulator = Emulator::start()?;
///
/// // Your client does this part.
/// let host = emulator.base_url().trim_start_matches("http://").trim_end_matches("/v1");
/// let body = r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#;
/// let request = format!(
///     "POST /v1/actor_tokens HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
///      Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
///     emulator.secret_key(),
///     body.len(),
/// );
/// let mut stream = TcpStream::connect(host)?;
/// stream.write_all(request.as_bytes())?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer)?;
/// assert!(answer.starts_with("HTTP/1.1 200"));
///
/// // And your test this one.
/// let token = &emulator.tokens()[0];
/// assert_eq!((token.user_id.as_str(), token.status), ("user_1", TokenStatus::Pending));
/// assert_eq!(emulator.requests(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Emulator {
    base_url: String,
    instance: Arc<Instance>,
    faults: Arc<FaultQueue>,
    server: ServerThread,
}

impl Emulator {
    /// Starts an emulator on a free port of 127.0.0.1, with a made-up secret key, where any user
    /// exists.
    ///
    /// # Errors
    ///
    /// Those of [`EmulatorBuilder::start`].
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Begins to set up an emulator.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    pub(crate) fn serve(port: u16, instance: Instance) -> io::Result<Self> {
        let (instance, faults) = (Arc::new(instance), Arc::new(FaultQueue::default()));
        let server =
            ServerThread::start(port, Service::new(Arc::clone(&instance), Arc::clone(&faults)))?;
        let base_url = format!("http://{}/v1", server.address());
        Ok(Self { base_url, instance, faults, server })
    }

    /// Gives the base URL, `http://127.0.0.1:PORT/v1`: what a client has instead of `https://api.clerk.com/v1`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Gives the secret key that clients must send. It is good for nothing else.
    pub fn secret_key(&self) -> &str {
        &self.instance.secret_key
    }

    /// Gives a snapshot of all tokens, in order of creation.
    pub fn tokens(&self) -> Vec<IssuedToken> {
        self.instance.ledger().tokens().to_vec()
    }

    /// Gives a snapshot of one token.
    pub fn token(&self, id: &str) -> Option<IssuedToken> {
        self.instance.ledger().token(id).cloned()
    }

    /// Accepts a token, as if somebody had signed in with it: from then on it cannot be revoked.
    ///
    /// # Errors
    ///
    /// [`AcceptError`] when there is no such token, when it is not pending, or when it has expired.
    pub fn accept(&self, id: &str) -> Result<(), AcceptError> {
        self.instance.ledger().accept(id, self.instance.clock.now()).map(drop)
    }

    /// Moves the emulator's clock on, for tokens to expire. It goes on from there.
    pub fn advance(&self, by: Duration) {
        self.instance.clock.advance(by);
    }

    /// Counts the requests that arrived, each from the moment its head was read, whatever became of
    /// it.
    ///
    /// Refused requests count, and so do those that a [`Fault`] hit.
    pub fn requests(&self) -> usize {
        self.faults.requests()
    }

    /// Lets something go wrong. Faults queue up: every request takes the first that is waiting.
    pub fn inject(&self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Counts the faults that struck. One whose client hung up before it could strike is gone, but
    /// not counted.
    pub fn faults_fired(&self) -> usize {
        self.faults.fired()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.base_url)
            .field("secret_key", &Redacted)
            .field("tokens", &self.instance.ledger().tokens().len())
            .field("requests", &self.faults.requests())
            .field("faults_fired", &self.faults.fired())
            .field("server", &self.server)
            .finish()
    }
}
