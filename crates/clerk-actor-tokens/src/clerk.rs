#[cfg(feature = "hyper")]
use clerk_core::ConfigError;
use clerk_core::{ActorTokens, SecretKey};
#[cfg(feature = "hyper")]
use clerk_transport_hyper::{HyperTransport, TokioTimer};

use crate::ClerkBuilder;

/// The complete client: [`ActorTokens`] over [`HyperTransport`](crate::HyperTransport) and
/// [`TokioTimer`](crate::TokioTimer), with retries and time limits.
///
/// Without the feature `hyper`, it is made by [`builder`](Self::builder), with a transport of your
/// choice. Cloning is cheap and shares the connections. `Debug` shows no secret. Calls need a tokio
/// runtime with I/O and time enabled.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(feature = "hyper")] {
/// use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, Error, UserId};
///
/// # async fn impersonate() -> Result<(), Error> {
/// let clerk = Clerk::from_env()?;
/// let actor = Actor::new("user_support")?.with_claim("audit_id", 4711)?;
/// let command = CreateActorToken::new(UserId::new("user_1")?, actor);
/// let actor_token = clerk.actor_tokens().create(command).await?;
/// # Ok(())
/// # }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clerk {
    actor_tokens: ActorTokens,
}

impl Clerk {
    /// Creates a client from the environment variables that Clerk's own SDKs read. An empty one
    /// counts as unset. For other settings as well, use [`ClerkBuilder::from_env`].
    ///
    /// - `CLERK_SECRET_KEY`: the secret key; required.
    /// - `CLERK_API_URL`: the base URL, with or without the version segment; `https://api.clerk.com`
    ///   by default.
    /// - `CLERK_API_VERSION`: the version segment of the path, which must not differ from that of
    ///   the URL; `v1` by default.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable that is missing or invalid, which may be one for a proxy,
    /// and never quotes its value. It also reports a system without root certificates.
    #[cfg(feature = "hyper")]
    pub fn from_env() -> Result<Self, ConfigError> {
        ClerkBuilder::from_env()?.build()
    }

    /// Creates a client for `https://api.clerk.com/v1` with the default settings.
    ///
    /// If the default transport cannot work (an environment variable that names an unsupported
    /// proxy, a system without root certificates), every call fails with
    /// [`TransportErrorKind::Config`](crate::TransportErrorKind::Config), and nothing is sent.
    /// [`from_env`](Self::from_env) and [`ClerkBuilder::build`] report it at once.
    #[cfg(feature = "hyper")]
    pub fn new(secret_key: SecretKey) -> Self {
        let transport = HyperTransport::new();
        Self::from_actor_tokens(ActorTokens::with_timer(transport, TokioTimer, secret_key))
    }

    /// Returns a builder.
    pub fn builder(secret_key: SecretKey) -> ClerkBuilder {
        ClerkBuilder::new(secret_key)
    }

    pub(crate) fn from_actor_tokens(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens }
    }

    /// Returns the operations on actor tokens.
    pub fn actor_tokens(&self) -> &ActorTokens {
        &self.actor_tokens
    }
}
