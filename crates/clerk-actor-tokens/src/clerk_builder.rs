use std::time::Duration;

use clerk_core::{
    ActorTokens, ActorTokensBuilder, ConfigError, HttpTransport, RetryConfig, SecretKey, Timer,
};
use clerk_transport_hyper::{HyperTransport, TokioTimer};

use crate::Clerk;

/// Sets up a [`Clerk`]. Nothing is checked before [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use clerk_actor_tokens::{Clerk, HyperTransport, SecretKey};
///
/// let clerk = Clerk::builder(SecretKey::new("sk_test_abc")?)
///     .transport(HyperTransport::builder().connect_timeout(Duration::from_secs(2)).build()?)
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok::<(), clerk_actor_tokens::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClerkBuilder {
    builder: ActorTokensBuilder,
    /// Whether the default transport can work; of no matter once there is another.
    transport: Result<(), ConfigError>,
}

impl ClerkBuilder {
    pub(crate) fn new(secret_key: SecretKey) -> Self {
        let (transport, works) = match HyperTransport::builder().build() {
            Ok(transport) => (transport, Ok(())),
            Err(error) => (HyperTransport::new(), Err(error)),
        };
        Self {
            builder: ActorTokens::builder(transport, secret_key).timer(TokioTimer),
            transport: works,
        }
    }

    /// Takes another transport: a [`HyperTransport`] with settings of its own, or anything else.
    pub fn transport(self, transport: impl HttpTransport + 'static) -> Self {
        Self { builder: self.builder.transport(transport), transport: Ok(()) }
    }

    /// Takes another timer than tokio's.
    pub fn timer(self, timer: impl Timer + 'static) -> Self {
        self.set(|builder| builder.timer(timer))
    }

    /// Sets the base URL, version segment included; see [`ActorTokensBuilder::base_url`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        self.set(|builder| builder.base_url(base_url))
    }

    /// Lets a base URL be http to any host; see [`ActorTokensBuilder::allow_insecure_http`].
    pub fn allow_insecure_http(self) -> Self {
        self.set(ActorTokensBuilder::allow_insecure_http)
    }

    /// Sets the header `Clerk-API-Version`, a date.
    pub fn api_version_header(self, version: impl Into<String>) -> Self {
        self.set(|builder| builder.api_version_header(version))
    }

    /// Sets the header `User-Agent`.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        self.set(|builder| builder.user_agent(user_agent))
    }

    /// Sets how calls are tried again.
    pub fn retries(self, retries: RetryConfig) -> Self {
        self.set(|builder| builder.retries(retries))
    }

    /// Sets how long a whole call may take; 30 s by default.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|builder| builder.timeout(timeout))
    }

    /// Sets how long one attempt may take; 10 s by default.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(|builder| builder.attempt_timeout(timeout))
    }

    /// Checks all settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot work; the default transport's own are those of
    /// [`HyperTransportBuilder::build`](crate::HyperTransportBuilder::build).
    pub fn build(self) -> Result<Clerk, ConfigError> {
        self.transport?;
        self.builder.build().map(Clerk::over)
    }

    fn set(self, change: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder) -> Self {
        Self { builder: change(self.builder), ..self }
    }
}
