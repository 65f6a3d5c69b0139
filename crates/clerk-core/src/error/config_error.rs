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
    /// Names a setting and says what is wrong with it. For adapters, too, which have settings of
    /// their own.
    pub fn new(
        setting: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{ConfigError, InvalidInput};

    #[test]
    fn a_setting_is_named_with_its_reason_and_its_cause() {
        let error = ConfigError::new("tls_config", "no roots").with_source("the cause");
        assert_eq!((error.setting(), error.reason()), ("tls_config", "no roots"));
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert!(!error.to_string().contains("the cause"));
    }

    #[test]
    fn an_input_that_is_a_setting_keeps_its_name() {
        let error = ConfigError::from(InvalidInput::new("secret_key", "it is empty"));
        assert_eq!(error.to_string(), "invalid setting secret_key: it is empty");
    }
}
