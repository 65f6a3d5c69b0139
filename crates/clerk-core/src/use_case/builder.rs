use std::{fmt, time::Duration};

use super::{ActorTokens, actor_tokens::Shared};
use crate::{
    domain::SecretKey,
    error::ConfigError,
    port::{HttpTransport, Timer},
    retry::RetryConfig,
    wire::{Endpoints, Headers, PlainHttp},
};

/// Sets up an [`ActorTokens`]. Nothing is checked before [`build`](Self::build).
///
/// ```
/// # use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
/// # struct MyTransport;
/// # #[async_trait]
/// # impl HttpTransport for MyTransport {
/// #     async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> { Ok(HttpResponse::new(Default::default())) }
/// # }
/// use clerk_core::{ActorTokens, SecretKey};
///
/// let builder = ActorTokens::builder(MyTransport, SecretKey::new("sk_test_abc")?);
/// let refusal = builder.base_url("http://api.example.com/v1").build().unwrap_err();
/// assert_eq!(refusal.setting(), "base_url");
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[must_use]
pub struct ActorTokensBuilder {
    transport: Box<dyn HttpTransport>,
    secret_key: SecretKey,
    timer: Option<Box<dyn Timer>>,
    base_url: Option<String>,
    plain_http: PlainHttp,
    api_version_header: Option<String>,
    user_agent: Option<String>,
    retries: Option<RetryConfig>,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
}

/// What bounds a call, if there is a timer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) retries: RetryConfig,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retries: RetryConfig::default(),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
        }
    }
}

impl ActorTokensBuilder {
    pub(super) fn new(transport: Box<dyn HttpTransport>, secret_key: SecretKey) -> Self {
        Self {
            transport,
            secret_key,
            timer: None,
            base_url: None,
            plain_http: PlainHttp::default(),
            api_version_header: None,
            user_agent: None,
            retries: None,
            timeout: None,
            attempt_timeout: None,
        }
    }

    /// Takes another transport than the one it was started with.
    pub fn transport(mut self, transport: impl HttpTransport + 'static) -> Self {
        self.transport = Box::new(transport);
        self
    }

    /// Sets the base URL, version segment included; `https://api.clerk.com/v1` by default.
    ///
    /// It must be https, or http to this machine, without user name, query or fragment.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets the header `Clerk-API-Version`, a date; `2026-05-12` by default.
    pub fn api_version_header(mut self, version: impl Into<String>) -> Self {
        self.api_version_header = Some(version.into());
        self
    }

    /// Sets the header `User-Agent` in place of the one that names this library.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Lets a base URL be http to any host. The secret key and every token then travel in clear.
    pub fn allow_insecure_http(mut self) -> Self {
        self.plain_http = PlainHttp::Anywhere;
        self
    }

    /// Sets what tells the time. With it come retries and time limits, at their defaults if they
    /// are not set.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Box::new(timer));
        self
    }

    /// Sets how calls are tried again. Needs a timer, unless it is [`RetryConfig::none`].
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Sets how long a whole call may take, attempts and pauses included; 30 s by default. Needs a
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

    /// Checks all settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that cannot work: a base URL, a header, a time limit of
    /// zero, or one (or retries) without a timer.
    pub fn build(self) -> Result<ActorTokens, ConfigError> {
        let endpoints = match &self.base_url {
            Some(base_url) => Endpoints::new(base_url, self.plain_http)?,
            None => Endpoints::default(),
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
        Ok(ActorTokens::from_shared(Shared {
            transport,
            timer,
            secret_key,
            endpoints,
            headers,
            limits,
        }))
    }

    fn limits(&self) -> Result<Limits, ConfigError> {
        let has_timer = self.timer.is_some();
        for (setting, timeout) in
            [("timeout", self.timeout), ("attempt_timeout", self.attempt_timeout)]
        {
            timeout
                .map_or(Ok(()), |timeout| check_timeout(timeout, has_timer))
                .map_err(|reason| ConfigError::new(setting, reason))?;
        }
        if let Some(retries) = &self.retries {
            check_retries(retries, has_timer)
                .map_err(|reason| ConfigError::new("retries", reason))?;
        }
        let default = Limits::default();
        Ok(Limits {
            retries: self.retries.unwrap_or(default.retries),
            timeout: self.timeout.unwrap_or(default.timeout),
            attempt_timeout: self.attempt_timeout.unwrap_or(default.attempt_timeout),
        })
    }
}

/// Says what is wrong with a time limit, whether it is set for a client or for a call.
pub(super) fn check_timeout(timeout: Duration, has_timer: bool) -> Result<(), &'static str> {
    match (timeout, has_timer) {
        (Duration::ZERO, _) => Err("it must be longer than zero"),
        (_, false) => Err("a time limit needs a timer"),
        (_, true) => Ok(()),
    }
}

/// Says what is wrong with retries, whether they are set for a client or for a call.
pub(super) fn check_retries(retries: &RetryConfig, has_timer: bool) -> Result<(), &'static str> {
    if retries.allows_retries() && !has_timer {
        Err("pauses between attempts need a timer")
    } else {
        Ok(())
    }
}

impl fmt::Debug for ActorTokensBuilder {
    /// Shows no setting that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorTokensBuilder")
            .field("plain_http", &self.plain_http)
            .field("retries", &self.retries)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .finish_non_exhaustive()
    }
}
