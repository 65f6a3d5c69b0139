use std::{collections::HashSet, fmt, io};

use crate::{
    emulator::Emulator,
    state::{Instance, Redacted, generate},
};

/// Sets up an [`Emulator`].
///
/// ```
/// use clerk_emulator::Emulator;
///
/// let emulator = Emulator::builder().secret_key("sk_test_made_up").users(["user_1", "user_2"]).start()?;
/// assert_eq!(emulator.secret_key(), "sk_test_made_up");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing listens before `start`"]
pub struct EmulatorBuilder {
    port: u16,
    secret_key: Option<String>,
    users: Option<HashSet<String>>,
}

impl EmulatorBuilder {
    /// Sets the port on 127.0.0.1. 0, the default, takes a free one.
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Sets the key that clients must send. By default it is made up at random, so that clients of
    /// two emulators cannot take one for the other.
    pub fn secret_key(self, secret_key: impl Into<String>) -> Self {
        Self { secret_key: Some(secret_key.into()), ..self }
    }

    /// Names the users who exist; a second call adds to the first. By default any user does.
    ///
    /// To create a token for anybody else is answered with 404.
    pub fn users<I>(mut self, users: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.users.get_or_insert_default().extend(users.into_iter().map(Into::into));
        self
    }

    /// Starts the emulator. When this returns, it listens.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a secret key that no `Authorization`
    /// header can carry, [`AddrInUse`](io::ErrorKind::AddrInUse) for a port that is taken, and
    /// whatever else the system says about a listener, a thread or a runtime that it does not
    /// grant.
    pub fn start(self) -> io::Result<Emulator> {
        let secret_key = self.secret_key.unwrap_or_else(generate::secret_key);
        if secret_key.is_empty() || !secret_key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the secret key must be visible ASCII",
            ));
        }
        Emulator::serve(self.port, Instance::new(secret_key, self.users))
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("port", &self.port)
            .field("secret_key", &self.secret_key.as_ref().map(|_| Redacted))
            .field("users", &self.users)
            .finish()
    }
}
