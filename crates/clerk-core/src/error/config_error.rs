use std::{borrow::Cow, error::Error as StdError};

use crate::domain::InvalidInput;

/// Says which setting of a client cannot work, and why. Nothing has been sent.
///
/// It never quotes the setting, which may hold a secret: a key, a password in a URL.
///
/// ```
/// use clerk_core::ConfigError;
///
/// let error = ConfigError::new("connect_timeout", "it must be longer than zero");
/// assert_eq!(error.to_string(), "invalid setting connect_timeout: it must be longer than zero");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("invalid setting {setting}: {reason}")]
pub struct ConfigError {
    setting: Cow<'static, str>,
    reason: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConfigError {
    /// Names a setting and says what is wrong with it. For adapters, too, which have settings of their own.
    pub fn new(setting: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { setting: setting.into(), reason: reason.into(), source: None }
    }

    /// Adds the cause, which must not hold a secret.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Names the setting: a method of the builder, or a variable of the environment.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// Says what is wrong with it, without quoting it.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<InvalidInput> for ConfigError {
    fn from(input: InvalidInput) -> Self {
        Self::new(input.field().to_owned(), input.reason().to_owned())
    }
}
