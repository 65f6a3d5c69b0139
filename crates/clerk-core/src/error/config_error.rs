use std::{borrow::Cow, error::Error as StdError, fmt};

use super::write_chain;
use crate::domain::InvalidInput;

/// A setting of a client that cannot work, and the reason. Nothing has been sent.
///
/// The value is never quoted, because it may contain a secret, such as a password in a URL.
///
/// # Examples
///
/// ```
/// use clerk_core::ConfigError;
///
/// let error = ConfigError::new("connect_timeout", "must be longer than zero");
/// assert_eq!(error.to_string(), "invalid setting connect_timeout: must be longer than zero");
/// ```
#[derive(thiserror::Error)]
#[error("invalid setting {setting}: {reason}")]
pub struct ConfigError {
    setting: Cow<'static, str>,
    reason: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConfigError {
    /// Creates an error from the name of a setting and what is wrong with it. Adapters use it for
    /// settings of their own.
    pub fn new(
        setting: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { setting: setting.into(), reason: reason.into(), source: None }
    }

    /// Adds the cause, which must not contain a secret.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the name of the setting: a method of the builder, or an environment variable.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// Returns what is wrong with the setting, without quoting its value.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<InvalidInput> for ConfigError {
    fn from(input: InvalidInput) -> Self {
        Self::new(input.field().to_owned(), input.reason().to_owned())
    }
}

impl fmt::Debug for ConfigError {
    /// Writes what a person can act on: the setting, the reason and the causes, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfigError(")?;
        write_chain(self, f)?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{ConfigError, InvalidInput};

    #[test]
    fn the_cause_is_left_to_source_and_debug() {
        let error = ConfigError::new("tls_config", "no roots").with_source("the cause");
        assert_eq!((error.setting(), error.reason()), ("tls_config", "no roots"));
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert_eq!(error.to_string(), "invalid setting tls_config: no roots");
        assert_eq!(
            format!("{error:?}"),
            "ConfigError(invalid setting tls_config: no roots: the cause)"
        );
    }

    #[test]
    fn an_invalid_input_keeps_its_name_and_reason() {
        let error = ConfigError::from(InvalidInput::new("secret_key", "must not be empty"));
        assert_eq!(error.to_string(), "invalid setting secret_key: must not be empty");
    }
}
