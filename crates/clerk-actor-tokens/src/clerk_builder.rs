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
pub struct ClerkBuilder(ActorTokensBuilder);

impl ClerkBuilder {
    pub(crate) fn new(secret_key: SecretKey) -> Self {
        Self(ActorTokens::builder(HyperTransport::new(), secret_key).timer(TokioTimer))
    }

    /// Takes another transport: a [`HyperTransport`] with settings of its own, or anything else.
    pub fn transport(self, transport: impl HttpTransport + 'static) -> Self {
        Self(self.0.transport(transport))
    }

    /// Takes another timer than tokio's.
    pub fn timer(self, timer: impl Timer + 'static) -> Self {
        Self(self.0.timer(timer))
    }

    /// Sets the base URL, version segment included; see [`ActorTokensBuilder::base_url`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self(self.0.base_url(base_url))
    }

    /// Lets a base URL be http to any host; see [`ActorTokensBuilder::allow_insecure_http`].
    pub fn allow_insecure_http(self) -> Self {
        Self(self.0.allow_insecure_http())
    }

    /// Sets the header `Clerk-API-Version`, a date.
    pub fn api_version_header(self, version: impl Into<String>) -> Self {
        Self(self.0.api_version_header(version))
    }

    /// Sets the header `User-Agent`.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self(self.0.user_agent(user_agent))
    }

    /// Sets how calls are tried again.
    pub fn retries(self, retries: RetryConfig) -> Self {
        Self(self.0.retries(retries))
    }

    /// Sets how long a whole call may take; 30 s by default.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// Sets how long one attempt may take; 10 s by default.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self(self.0.attempt_timeout(timeout))
    }

    /// Checks all settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot work.
    pub fn build(self) -> Result<Clerk, ConfigError> {
        self.0.build().map(Clerk::over)
    }
}
