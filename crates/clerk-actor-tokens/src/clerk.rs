use clerk_core::{ActorTokens, ConfigError, SecretKey};
use clerk_transport_hyper::{HyperTransport, TokioTimer};

use crate::{ClerkBuilder, environment::Environment};

/// Is the client, composed: [`ActorTokens`] over [`HyperTransport`] and [`TokioTimer`], with
/// retries and time limits.
///
/// Cloning is cheap and shares the connections. `Debug` shows no secret. Calls need a tokio runtime
/// with I/O and time enabled.
///
/// ```no_run
/// use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, Error, UserId};
///
/// # async fn impersonate() -> Result<(), Error> {
/// let clerk = Clerk::from_env()?;
/// let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_support")?);
/// let actor_token = clerk.actor_tokens().create(command).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clerk {
    actor_tokens: ActorTokens,
}

impl Clerk {
    /// Makes a client from the variables that Clerk's other SDKs read; an empty one counts as not
    /// set.
    ///
    /// - `CLERK_SECRET_KEY`: the secret key; required.
    /// - `CLERK_API_URL`: scheme and host, without the version segment; `https://api.clerk.com` by
    ///   default.
    /// - `CLERK_API_VERSION`: the version segment of the path, `v1` by default.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable that is missing or cannot work, and does not quote it;
    /// one that names a proxy, too.
    pub fn from_env() -> Result<Self, ConfigError> {
        Environment::read(|name| std::env::var_os(name))?.client()
    }

    /// Makes a client for `https://api.clerk.com/v1` with default settings.
    ///
    /// Should the transport not be able to work (a proxy variable that names no proxy, a system
    /// without root certificates), every call fails with
    /// [`TransportErrorKind::Config`](crate::TransportErrorKind::Config), and nothing is sent;
    /// [`from_env`](Self::from_env) and [`ClerkBuilder::build`] say it at once.
    pub fn new(secret_key: SecretKey) -> Self {
        Self::over(ActorTokens::with_timer(HyperTransport::new(), TokioTimer, secret_key))
    }

    /// Starts a client with settings of its own.
    pub fn builder(secret_key: SecretKey) -> ClerkBuilder {
        ClerkBuilder::new(secret_key)
    }

    pub(crate) fn over(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens }
    }

    /// Gives the operations on actor tokens.
    pub fn actor_tokens(&self) -> &ActorTokens {
        &self.actor_tokens
    }
}
