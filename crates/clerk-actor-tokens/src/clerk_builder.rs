use std::{env, time::Duration};

use clerk_core::{
    ActorTokens, ActorTokensBuilder, ConfigError, HttpRequest, HttpResponse, HttpTransport,
    RetryConfig, SecretKey, Timer, TransportError, TransportErrorKind, async_trait,
};

use crate::{Clerk, environment::Environment};

/// A builder for [`Clerk`]. Nothing is checked before [`build`](Self::build).
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "hyper")] {
/// use std::time::Duration;
///
/// use clerk_actor_tokens::{Clerk, HyperTransport, SecretKey};
///
/// let clerk = Clerk::builder(SecretKey::new("sk_test_abc")?)
///     .transport(HyperTransport::builder().connect_timeout(Duration::from_secs(2)).build()?)
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # }
/// # Ok::<(), clerk_actor_tokens::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClerkBuilder {
    builder: ActorTokensBuilder,
    transport: Transport,
    base_url_source: Source,
}

/// The transport that the client will use.
#[derive(Debug)]
enum Transport {
    /// The default one, created by `build` if the feature `hyper` is enabled.
    Default,
    /// The one that the inner builder already has.
    Chosen,
}

/// Who chose the base URL, and so what an error about it names.
#[derive(Debug)]
enum Source {
    Environment,
    Caller,
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
        let builder = ActorTokens::builder(Placeholder, secret_key);
        #[cfg(any(feature = "hyper", feature = "reqwest", feature = "tower"))]
        let builder = builder.timer(crate::TokioTimer);
        Self { builder, transport: Transport::Default, base_url_source: Source::Caller }
    }

    /// Returns a builder that begins with what the environment says, as
    /// [`Clerk::from_env`] does. Whatever is set afterwards replaces that:
    /// [`base_url`](Self::base_url) replaces both `CLERK_API_URL` and `CLERK_API_VERSION`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if `CLERK_SECRET_KEY` is missing or invalid. Everything else is checked by
    /// [`build`](Self::build).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use clerk_actor_tokens::ClerkBuilder;
    ///
    /// let clerk = ClerkBuilder::from_env()?.timeout(Duration::from_secs(10)).build()?;
    /// # Ok::<(), clerk_actor_tokens::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, ConfigError> {
        Environment::read(|name| env::var_os(name)).map(Self::from_environment)
    }

    fn from_environment(environment: Environment) -> Self {
        let Environment { secret_key, api_url, api_version } = environment;
        let Self { builder, transport, .. } = Self::new(secret_key);
        let builder = match (api_url, api_version) {
            (None, None) => builder,
            (Some(url), None) => builder.base_url(url),
            (url, Some(version)) => {
                let url = url.unwrap_or_else(|| "https://api.clerk.com".to_owned());
                builder.base_url_and_version(url, version)
            }
        };
        Self { builder, transport, base_url_source: Source::Environment }
    }

    /// Replaces the transport: with a [`HyperTransport`](crate::HyperTransport) that has its own
    /// settings, or with any other. Without the feature `hyper`, there is none to replace, and one
    /// must be set.
    pub fn transport(self, transport: impl HttpTransport + 'static) -> Self {
        let builder = self.builder.transport(transport);
        Self { builder, transport: Transport::Chosen, ..self }
    }

    /// Sets the base URL; see [`ActorTokensBuilder::base_url`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let builder = self.builder.base_url(base_url);
        Self { builder, base_url_source: Source::Caller, ..self }
    }

    forward! {
        /// Replaces tokio's timer, which is the default if a feature for a transport is enabled.
        /// Otherwise there is none, and without one there are no retries and no time limits.
        timer(timer: impl Timer + 'static);

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
    /// [`ConfigError`] names the setting that cannot work, or the variable if the environment said
    /// so. The errors of the default transport are those of
    /// [`HyperTransportBuilder::build`](crate::HyperTransportBuilder::build).
    pub fn build(self) -> Result<Clerk, ConfigError> {
        let builder = match self.transport {
            Transport::Default => with_default_transport(self.builder)?,
            Transport::Chosen => self.builder,
        };
        let actor_tokens = builder.build().map_err(|error| match self.base_url_source {
            Source::Environment => Environment::name_variable(error),
            Source::Caller => error,
        })?;
        Ok(Clerk::from_actor_tokens(actor_tokens))
    }
}

#[cfg(feature = "hyper")]
fn with_default_transport(builder: ActorTokensBuilder) -> Result<ActorTokensBuilder, ConfigError> {
    Ok(builder.transport(crate::HyperTransport::builder().build()?))
}

#[cfg(not(feature = "hyper"))]
fn with_default_transport(_: ActorTokensBuilder) -> Result<ActorTokensBuilder, ConfigError> {
    Err(ConfigError::new("transport", "not set; set one, or enable the feature `hyper`"))
}

/// A stand-in until `build` knows the transport. It is never asked to send anything.
struct Placeholder;

#[async_trait]
impl HttpTransport for Placeholder {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(TransportErrorKind::Config, "no transport"))
    }
}

#[cfg(test)]
mod tests {
    use super::{ClerkBuilder, Environment, Placeholder};

    /// Returns a builder that begins with these variables.
    fn from_env(url: &str, version: &str) -> ClerkBuilder {
        let look_up = |name: &str| match name {
            "CLERK_SECRET_KEY" => Some("sk_test_canary".into()),
            "CLERK_API_URL" => Some(url.into()),
            "CLERK_API_VERSION" => Some(version.into()),
            _ => None,
        };
        ClerkBuilder::from_environment(Environment::read(look_up).ok().unwrap())
    }

    /// Returns what the client would send to, as its debug output shows it.
    fn base_url(builder: ClerkBuilder) -> Result<String, String> {
        let clerk = builder.transport(Placeholder).build().map_err(|error| error.to_string())?;
        let shown = format!("{clerk:?}");
        let (_, after) = shown.split_once("base_url: ").unwrap();
        Ok(after.split(',').next().unwrap().to_owned())
    }

    #[test]
    fn url_and_version_are_joined() {
        for (url, version, expected) in [
            ("", "", "https://api.clerk.com/v1"),
            ("", "v2", "https://api.clerk.com/v2"),
            ("http://127.0.0.1:8080", "v2", "http://127.0.0.1:8080/v2"),
            ("https://api.example.com/", "/v1/", "https://api.example.com/v1"),
            ("https://api.example.com/v1/", "v1", "https://api.example.com/v1"),
            ("https://api.example.com/v2", "", "https://api.example.com/v2"),
            ("https://api.example.com/clerk", "", "https://api.example.com/clerk/v1"),
        ] {
            assert_eq!(base_url(from_env(url, version)).unwrap(), expected, "{url} {version}");
        }
    }

    #[test]
    fn what_is_set_replaces_what_the_environment_says() {
        for version in ["", "v1", "v2", "canary"] {
            let builder = from_env("http://canary.example.com", version);
            let replaced = base_url(builder.base_url("https://api.example.com"));
            assert_eq!(replaced.unwrap(), "https://api.example.com/v1", "{version}");
        }
        let builder = from_env("http://api.example.com", "").allow_insecure_http();
        assert_eq!(base_url(builder).unwrap(), "http://api.example.com/v1");
    }

    #[test]
    fn an_invalid_variable_is_named_and_not_quoted() {
        for (url, version, variable) in [
            ("canary", "", "CLERK_API_URL"),
            ("http://canary.example.com", "v2", "CLERK_API_URL"),
            ("https://api.clerk.com/v1", "v2", "CLERK_API_VERSION"),
            ("", "canary", "CLERK_API_VERSION"),
        ] {
            let error = base_url(from_env(url, version)).unwrap_err();
            assert!(error.starts_with(&format!("invalid setting {variable}: ")), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
        let error = base_url(from_env("", "v2").base_url("canary")).unwrap_err();
        assert!(error.starts_with("invalid setting base_url: "), "{error}");
    }

    #[test]
    fn a_builder_shows_nothing_of_the_environment() {
        let shown = format!("{:?}", from_env("http://user:canary@h", "canary"));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
