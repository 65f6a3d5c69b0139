use std::time::Duration;

use clerk_core::{
    ActorTokens, ActorTokensBuilder, ConfigError, HttpRequest, HttpResponse, HttpTransport,
    RetryConfig, SecretKey, Timer, TransportError, TransportErrorKind, async_trait,
};
use clerk_transport_hyper::{HyperTransport, TokioTimer};

use crate::Clerk;

/// A builder for [`Clerk`]. Nothing is checked before [`build`](Self::build).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
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
    transport: Transport,
}

/// The transport that the client will use.
#[derive(Debug)]
enum Transport {
    /// The default one, created by `build`.
    Default,
    /// The one that the inner builder already has.
    Chosen,
}

/// The setters that mean the same here as in [`ActorTokensBuilder`].
macro_rules! forward {
    ($($(#[$doc:meta])* $setter:ident($($argument:ident: $type:ty)?);)*) => {$(
        $(#[$doc])*
        pub fn $setter(self $(, $argument: $type)?) -> Self {
            Self { builder: self.builder.$setter($($argument)?), ..self }
        }
    )*};
}

impl ClerkBuilder {
    pub(crate) fn new(secret_key: SecretKey) -> Self {
        let builder = ActorTokens::builder(Placeholder, secret_key).timer(TokioTimer);
        Self { builder, transport: Transport::Default }
    }

    /// Replaces the transport: with a [`HyperTransport`] that has its own settings, or with any
    /// other.
    pub fn transport(self, transport: impl HttpTransport + 'static) -> Self {
        Self { builder: self.builder.transport(transport), transport: Transport::Chosen }
    }

    forward! {
        /// Replaces tokio's timer.
        timer(timer: impl Timer + 'static);

        /// Sets the base URL; see [`ActorTokensBuilder::base_url`].
        base_url(base_url: impl Into<String>);

        /// Allows a base URL that uses http, whatever its host; see
        /// [`ActorTokensBuilder::allow_insecure_http`].
        allow_insecure_http();

        /// Sets the `Clerk-API-Version` header, a date.
        api_version_header(version: impl Into<String>);

        /// Sets the `User-Agent` header.
        user_agent(user_agent: impl Into<String>);

        /// Sets how calls are retried.
        retries(retries: RetryConfig);

        /// Sets how long a whole call may take; 30 s by default.
        timeout(timeout: Duration);

        /// Sets how long one attempt may take; 10 s by default.
        attempt_timeout(timeout: Duration);
    }

    /// Checks all settings and creates the client.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot work. The errors of the default transport are
    /// those of [`HyperTransportBuilder::build`](crate::HyperTransportBuilder::build).
    pub fn build(self) -> Result<Clerk, ConfigError> {
        let builder = match self.transport {
            Transport::Default => self.builder.transport(HyperTransport::builder().build()?),
            Transport::Chosen => self.builder,
        };
        builder.build().map(Clerk::from_actor_tokens)
    }
}

/// A stand-in until `build` knows the transport. It is never asked to send anything.
struct Placeholder;

#[async_trait]
impl HttpTransport for Placeholder {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(TransportErrorKind::Config, "no transport"))
    }
}
