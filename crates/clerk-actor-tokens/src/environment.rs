use std::ffi::OsString;

use clerk_core::{ConfigError, SecretKey};

const SECRET_KEY: &str = "CLERK_SECRET_KEY";
const API_URL: &str = "CLERK_API_URL";
const API_VERSION: &str = "CLERK_API_VERSION";

/// The settings that the environment holds. Only the key has been checked.
pub(crate) struct Environment {
    pub(crate) secret_key: SecretKey,
    pub(crate) api_url: Option<String>,
    pub(crate) api_version: Option<String>,
}

impl Environment {
    /// Reads the variables through `look_up`, so that tests need no environment.
    pub(crate) fn read(look_up: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let variable = |name: &'static str| match look_up(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(ConfigError::new(name, "must be valid Unicode")),
        };
        let secret_key = variable(SECRET_KEY)?.ok_or_else(|| {
            ConfigError::new(
                SECRET_KEY,
                "not set; find the key (sk_test_… or sk_live_…) under API keys in Clerk's dashboard",
            )
        })?;
        let secret_key = SecretKey::new(secret_key)
            .map_err(|error| ConfigError::new(SECRET_KEY, error.reason().to_owned()))?;
        let (api_url, api_version) = (variable(API_URL)?, variable(API_VERSION)?);
        Ok(Self { secret_key, api_url, api_version })
    }

    /// Names the variable instead of the setting that it was read for.
    pub(crate) fn name_variable(error: ConfigError) -> ConfigError {
        let variable = match error.setting() {
            "base_url" => API_URL,
            "version" => API_VERSION,
            _ => return error,
        };
        ConfigError::new(variable, error.reason().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, Environment};

    fn read(variables: &[(&str, &str)]) -> Result<Environment, String> {
        let look_up = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
        };
        Environment::read(look_up).map_err(|error| error.to_string())
    }

    #[test]
    fn the_key_alone_is_enough() {
        let environment = read(&[("CLERK_SECRET_KEY", "sk_test_canary")]).ok().unwrap();
        assert_eq!((environment.api_url, environment.api_version), (None, None));
    }

    #[test]
    fn a_missing_or_empty_key_is_named() {
        for variables in [&[][..], &[("CLERK_SECRET_KEY", " ")]] {
            let error = read(variables).err().unwrap();
            assert!(
                error.starts_with("invalid setting CLERK_SECRET_KEY: not set; find"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_invalid_key_is_rejected_without_being_quoted() {
        let error = read(&[("CLERK_SECRET_KEY", "pk_live_canary")]).err().unwrap();
        assert!(error.contains("CLERK_SECRET_KEY") && error.contains("publishable"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn an_empty_variable_counts_as_unset_and_whitespace_around_a_value_is_trimmed() {
        let url = |value| {
            let variables = [("CLERK_SECRET_KEY", "sk_test_1"), ("CLERK_API_URL", value)];
            read(&variables).ok().unwrap().api_url
        };
        assert_eq!((url(""), url(" \n")), (None, None));
        assert_eq!(url(" http://127.0.0.1\n").as_deref(), Some("http://127.0.0.1"));
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_unicode_is_rejected_by_its_name() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

        let look_up = |_: &str| Some(OsStr::from_bytes(b"canary\xff").to_owned());
        let error = Environment::read(look_up).err().unwrap().to_string();
        assert_eq!(error, "invalid setting CLERK_SECRET_KEY: must be valid Unicode");
    }

    #[test]
    fn invalid_settings_are_reported_by_their_variables() {
        for (setting, variable) in [
            ("base_url", "CLERK_API_URL"),
            ("version", "CLERK_API_VERSION"),
            ("HTTPS_PROXY", "HTTPS_PROXY"),
        ] {
            let error = Environment::name_variable(ConfigError::new(setting, "the reason"));
            assert_eq!((error.setting(), error.reason()), (variable, "the reason"));
        }
    }
}
