use std::{fmt, time::Duration};

use super::ActorTokens;
use crate::{
    call::{Limits, Shared},
    domain::SecretKey,
    error::ConfigError,
    port::{HttpTransport, Timer},
    retry::RetryConfig,
    wire::{BaseUrl, Headers, PlainHttp},
};

/// A builder for [`ActorTokens`]. Nothing is checked before [`build`](Self::build).
///
/// # Examples
///
/// ```
/// # use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
/// # struct MyTransport;
/// # #[async_trait]
/// # impl HttpTransport for MyTransport {
/// #     async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
/// #         Ok(HttpResponse::default())
/// #     }
/// # }
/// use clerk_core::{ActorTokens, SecretKey};
///
/// let builder = ActorTokens::builder(MyTransport, SecretKey::new("sk_test_abc")?);
/// let error = builder.base_url("http://api.example.com/v1").build().unwrap_err();
/// assert_eq!(error.setting(), "base_url");
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[must_use]
pub struct ActorTokensBuilder {
    transport: Box<dyn HttpTransport>,
    secret_key: SecretKey,
    timer: Option<Box<dyn Timer>>,
    base_url: Option<String>,
    /// The version to append to the base URL, if it was set apart.
    version: Option<String>,
    plain_http: PlainHttp,
    api_version_header: Option<String>,
    user_agent: Option<String>,
    retries: Option<RetryConfig>,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
}

impl ActorTokensBuilder {
    pub(super) fn new(transport: Box<dyn HttpTransport>, secret_key: SecretKey) -> Self {
        Self {
            transport,
            secret_key,
            timer: None,
            base_url: None,
            version: None,
            plain_http: PlainHttp::default(),
            api_version_header: None,
            user_agent: None,
            retries: None,
            timeout: None,
            attempt_timeout: None,
        }
    }

    /// Replaces the transport.
    pub fn transport(mut self, transport: impl HttpTransport + 'static) -> Self {
        self.transport = Box::new(transport);
        self
    }

    /// Sets the base URL; `https://api.clerk.com/v1` by default.
    ///
    /// It must be https, or http to this machine, without a user name, a query or a fragment. If
    /// its path does not end in a version segment (`v` and digits), `v1` is appended.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self { base_url: Some(base_url.into()), version: None, ..self }
    }

    /// Sets the base URL and its version segment apart, as Clerk's SDKs do: `version` is appended
    /// to a [base URL](Self::base_url) that does not end in one, and must not differ from one that
    /// does.
    pub fn base_url_and_version(
        self,
        base_url: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self { base_url: Some(base_url.into()), version: Some(version.into()), ..self }
    }

    /// Sets the `Clerk-API-Version` header, a date; `2026-05-12` by default.
    pub fn api_version_header(mut self, version: impl Into<String>) -> Self {
        self.api_version_header = Some(version.into());
        self
    }

    /// Sets the `User-Agent` header, which names this library by default.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Allows a base URL that uses http, whatever its host. The secret key and every token then
    /// travel unencrypted.
    pub fn allow_insecure_http(mut self) -> Self {
        self.plain_http = PlainHttp::Anywhere;
        self
    }

    /// Sets the timer, which turns on retries and time limits: the default ones, unless others are
    /// set.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Box::new(timer));
        self
    }

    /// Sets how calls are retried. Needs a timer, unless it is [`RetryConfig::none`].
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Sets how long a whole call may take, attempts and delays included; 30 s by default. Needs a
    /// timer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how long one attempt may take; 10 s by default. Needs a timer.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Checks all settings and creates the client.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot work: a base URL, a header, a time limit of
    /// zero, or a time limit or retries without a timer.
    pub fn build(self) -> Result<ActorTokens, ConfigError> {
        let base_url = match &self.base_url {
            Some(base_url) => BaseUrl::new(base_url, self.version.as_deref(), self.plain_http)?,
            None => BaseUrl::default(),
        };
        let mut headers = Headers::new(&self.secret_key);
        if let Some(version) = &self.api_version_header {
            headers.set_api_version(version)?;
        }
        if let Some(user_agent) = &self.user_agent {
            headers.set_user_agent(user_agent)?;
        }
        let limits = self.limits()?;
        let Self { transport, timer, secret_key, .. } = self;
        let shared = Shared { transport, timer, secret_key, base_url, headers, limits };
        Ok(ActorTokens::from_shared(shared))
    }

    fn limits(&self) -> Result<Limits, ConfigError> {
        let has_timer = self.timer.is_some();
        let mut limits = Limits::default();
        if let Some(timeout) = self.timeout {
            limits.set_timeout(timeout, has_timer)?;
        }
        if let Some(timeout) = self.attempt_timeout {
            limits.set_attempt_timeout(timeout, has_timer)?;
        }
        if let Some(retries) = self.retries {
            limits.set_retries(retries, has_timer)?;
        }
        Ok(limits)
    }
}

impl fmt::Debug for ActorTokensBuilder {
    /// Shows no setting that could contain a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorTokensBuilder")
            .field("plain_http", &self.plain_http)
            .field("retries", &self.retries)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .finish_non_exhaustive()
    }
}
