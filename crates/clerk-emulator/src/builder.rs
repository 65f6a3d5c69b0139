use std::{fmt, io};

use http::Uri;

use crate::{
    emulator::Emulator,
    state::{EndedSessionRevoke, Redacted, SessionTokenVersion, Settings, generate},
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
    /// Random if there is none.
    secret_key: Option<String>,
    settings: Settings,
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
        self.settings.users.get_or_insert_default().extend(users.into_iter().map(Into::into));
        self
    }

    /// Sets the sign-in page that the `url` of an actor token leads to, with the ticket in the
    /// parameter `__clerk_ticket`. By default, it is a page of the emulator's own.
    pub fn sign_in_url(mut self, sign_in_url: impl Into<String>) -> Self {
        self.settings.sign_in_url = Some(sign_in_url.into());
        self
    }

    /// Sets the version of session tokens. The default is [`SessionTokenVersion::V2`].
    pub fn session_token_version(mut self, session_token_version: SessionTokenVersion) -> Self {
        self.settings.session_token_version = session_token_version;
        self
    }

    /// Sets the response to revoking a session that is already over. By default, it is refused.
    pub fn ended_session_revoke(mut self, ended_session_revoke: EndedSessionRevoke) -> Self {
        self.settings.ended_session_revoke = ended_session_revoke;
        self
    }

    /// Starts the emulator. It accepts connections by the time this returns.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for a secret key that is not valid in an
    /// `Authorization` header and for a sign-in URL that is not an `http` or `https` URL,
    /// [`AddrInUse`](io::ErrorKind::AddrInUse) for a port that is taken, and any error of the
    /// operating system for the listener, the thread or the runtime. If the emulator cannot listen,
    /// the message names the address.
    pub fn start(self) -> io::Result<Emulator> {
        let secret_key = self.secret_key.unwrap_or_else(generate::secret_key);
        if secret_key.is_empty() || !secret_key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("secret key must be one or more visible ASCII characters"));
        }
        if !self.settings.sign_in_url.as_deref().is_none_or(is_absolute_url) {
            return Err(invalid("sign-in URL must be a URL like http://localhost:3000/sign-in"));
        }
        Emulator::serve(self.port, Settings { secret_key, ..self.settings })
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// Returns `true` for a URL of HTTP that a `Location` header can carry.
fn is_absolute_url(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| {
        uri.authority().is_some() && matches!(uri.scheme_str(), Some("http" | "https"))
    })
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("port", &self.port)
            .field("secret_key", &self.secret_key.as_ref().map(|_| Redacted))
            .field("users", &self.settings.users)
            .field("sign_in_url", &self.settings.sign_in_url)
            .field("session_token_version", &self.settings.session_token_version)
            .field("ended_session_revoke", &self.settings.ended_session_revoke)
            .finish()
    }
}
