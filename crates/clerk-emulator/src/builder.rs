use std::{collections::HashSet, fmt, io};

use crate::{
    emulator::Emulator,
    state::{EndedSessionRevoke, Instance, Redacted, Settings, generate},
};

/// The settings of an [`Emulator`] that has not started yet.
///
/// # Examples
///
/// ```
/// use clerk_emulator::Emulator;
///
/// let emulator =
///     Emulator::builder().secret_key("sk_test_example").users(["user_1", "user_2"]).start()?;
/// assert_eq!(emulator.secret_key(), "sk_test_example");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing listens until `start` is called"]
pub struct EmulatorBuilder {
    port: u16,
    secret_key: Option<String>,
    users: Option<HashSet<String>>,
    ended_session_revoke: EndedSessionRevoke,
}

impl EmulatorBuilder {
    /// Sets the port on 127.0.0.1. The default, 0, picks a free one.
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Sets the secret key that clients must send. By default it is random, so that a client of one
    /// emulator cannot use another by mistake.
    pub fn secret_key(self, secret_key: impl Into<String>) -> Self {
        Self { secret_key: Some(secret_key.into()), ..self }
    }

    /// Adds users who exist. Without a call to this method, every user exists.
    ///
    /// Creating a token for any other user is refused with 404.
    pub fn users<I>(mut self, users: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.users.get_or_insert_default().extend(users.into_iter().map(Into::into));
        self
    }

    /// Sets the response to revoking a session that is already over. By default, it is refused.
    pub fn ended_session_revoke(self, ended_session_revoke: EndedSessionRevoke) -> Self {
        Self { ended_session_revoke, ..self }
    }

    /// Starts the emulator. It accepts connections by the time this returns.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a secret key that is not valid in an
    /// `Authorization` header, [`AddrInUse`](io::ErrorKind::AddrInUse) for a port that is taken,
    /// and any error of the operating system for the listener, the thread or the runtime. Except
    /// for the first, the message names the address.
    pub fn start(self) -> io::Result<Emulator> {
        let secret_key = self.secret_key.unwrap_or_else(generate::secret_key);
        if secret_key.is_empty() || !secret_key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "secret key must be one or more visible ASCII characters",
            ));
        }
        let settings = Settings {
            secret_key,
            users: self.users,
            ended_session_revoke: self.ended_session_revoke,
        };
        Emulator::serve(self.port, Instance::new(settings))
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("port", &self.port)
            .field("secret_key", &self.secret_key.as_ref().map(|_| Redacted))
            .field("users", &self.users)
            .field("ended_session_revoke", &self.ended_session_revoke)
            .finish()
    }
}
