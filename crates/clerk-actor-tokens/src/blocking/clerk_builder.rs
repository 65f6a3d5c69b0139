use std::time::Duration;

use clerk_core::{ConfigError, HttpTransport, RetryConfig, SecretKey, Timer};
use clerk_timer_tokio::TokioTimer;

use super::Clerk;

/// A builder for [`Clerk`]. Nothing is checked before [`build`](Self::build).
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "hyper")] {
/// use std::time::Duration;
///
/// use clerk_actor_tokens::{SecretKey, blocking::Clerk};
///
/// let builder = Clerk::builder(SecretKey::new("sk_test_abc")?);
/// let clerk = builder.timeout(Duration::from_secs(10)).build()?;
/// # }
/// # Ok::<(), clerk_actor_tokens::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClerkBuilder {
    builder: crate::ClerkBuilder,
}

/// The setters that mean the same here as in [`crate::ClerkBuilder`].
macro_rules! forward {
    ($($(#[$doc:meta])* $setter:ident($($argument:ident: $type:ty)?);)*) => {$(
        $(#[$doc])*
        #[doc = concat!(
            "; see [`ClerkBuilder::", stringify!($setter), "`](crate::ClerkBuilder::",
            stringify!($setter), ")."
        )]
        pub fn $setter(self $(, $argument: $type)?) -> Self {
            Self { builder: self.builder.$setter($($argument)?) }
        }
    )*};
}

impl ClerkBuilder {
    pub(super) fn new(secret_key: SecretKey) -> Self {
        Self::from_async(crate::Clerk::builder(secret_key))
    }

    /// Returns a builder that begins with what the environment says; see
    /// [`ClerkBuilder::from_env`](crate::ClerkBuilder::from_env).
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if `CLERK_SECRET_KEY` is missing or invalid.
    pub fn from_env() -> Result<Self, ConfigError> {
        crate::ClerkBuilder::from_env().map(Self::from_async)
    }

    fn from_async(builder: crate::ClerkBuilder) -> Self {
        // There is a runtime for it, whatever the transport.
        Self { builder: builder.timer(TokioTimer) }
    }

    forward! {
        /// Replaces the transport
        transport(transport: impl HttpTransport + 'static);
        /// Replaces tokio's timer
        timer(timer: impl Timer + 'static);
        /// Sets the base URL
        base_url(base_url: impl Into<String>);
        /// Allows a base URL that uses http, whatever its host
        allow_insecure_http();
        /// Sets the `Clerk-API-Version` header
        api_version_header(version: impl Into<String>);
        /// Sets the `User-Agent` header
        user_agent(user_agent: impl Into<String>);
        /// Sets how calls are retried
        retries(retries: RetryConfig);
        /// Sets how long a whole call may take
        timeout(timeout: Duration);
        /// Sets how long one attempt may take
        attempt_timeout(timeout: Duration);
    }

    /// Checks all settings and creates the client.
    ///
    /// # Errors
    ///
    /// Those of [`ClerkBuilder::build`](crate::ClerkBuilder::build).
    pub fn build(self) -> Result<Clerk, ConfigError> {
        self.builder.build().map(Clerk::from_async)
    }
}
