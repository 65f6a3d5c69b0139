use std::ffi::OsString;

use clerk_core::{ConfigError, SecretKey};

const SECRET_KEY: &str = "CLERK_SECRET_KEY";
const API_URL: &str = "CLERK_API_URL";
const API_VERSION: &str = "CLERK_API_VERSION";

/// The settings that the environment holds.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) secret_key: SecretKey,
    pub(crate) base_url: String,
}

impl Environment {
    /// Reads the variables through `look_up`, so that tests need no environment.
    pub(crate) fn read(look_up: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let variable = |name: &'static str| match look_up(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
            Some(Err(_)) => Err(ConfigError::new(name, "must be valid Unicode")),
        };
        let secret_key =
            variable(SECRET_KEY)?.ok_or_else(|| ConfigError::new(SECRET_KEY, "not set"))?;
        let secret_key = SecretKey::new(secret_key)
            .map_err(|error| ConfigError::new(SECRET_KEY, error.reason().to_owned()))?;
        let url = variable(API_URL)?.unwrap_or_else(|| "https://api.clerk.com".to_owned());
        let url = url.trim().trim_end_matches('/');
        let Some(version) = variable(API_VERSION)? else {
            return Ok(Self { secret_key, base_url: url.to_owned() });
        };
        let version = version.trim().trim_matches('/');
        if !is_version(version) {
            return Err(ConfigError::new(API_VERSION, "must be `v` and digits, like v1"));
        }
        let base_url = match url.rsplit('/').next() {
            Some(segment) if segment == version => url.to_owned(),
            Some(segment) if is_version(segment) => {
                return Err(ConfigError::new(
                    API_VERSION,
                    "must not differ from the version segment of CLERK_API_URL",
                ));
            }
            _ => format!("{url}/{version}"),
        };
        Ok(Self { secret_key, base_url })
    }

    /// Names the variable instead of the setting that it was read for.
    pub(crate) fn name_variable(error: ConfigError) -> ConfigError {
        match error.setting() {
            "base_url" => ConfigError::new(API_URL, error.reason().to_owned()),
            _ => error,
        }
    }
}

/// Returns `true` for the version segment of a path: `v` and digits.
fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
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

    fn base_url(url: &str, version: &str) -> Result<String, String> {
        let key = ("CLERK_SECRET_KEY", "sk_test_canary");
        read(&[key, ("CLERK_API_URL", url), ("CLERK_API_VERSION", version)])
            .map(|environment| environment.base_url)
    }

    #[test]
    fn the_key_alone_is_enough() {
        let environment = read(&[("CLERK_SECRET_KEY", "sk_test_canary")]).unwrap();
        assert_eq!(environment.base_url, "https://api.clerk.com");
        assert!(!format!("{environment:?}").contains("canary"));
    }

    #[test]
    fn a_missing_or_empty_key_is_named() {
        for variables in [&[][..], &[("CLERK_SECRET_KEY", " ")]] {
            assert_eq!(read(variables).unwrap_err(), "invalid setting CLERK_SECRET_KEY: not set");
        }
    }

    #[test]
    fn an_invalid_key_is_rejected_without_being_quoted() {
        let error = read(&[("CLERK_SECRET_KEY", "pk_live_canary")]).unwrap_err();
        assert!(error.contains("CLERK_SECRET_KEY") && error.contains("publishable"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn url_and_version_are_joined() {
        for (url, version, base_url_) in [
            ("http://127.0.0.1:8080", "v2", "http://127.0.0.1:8080/v2"),
            ("https://api.example.com/", "/v1/", "https://api.example.com/v1"),
            ("https://api.example.com/v1/", "v1", "https://api.example.com/v1"),
            ("https://api.example.com/clerk", "v1", "https://api.example.com/clerk/v1"),
            ("", "v2", "https://api.clerk.com/v2"),
            // The client appends a version where there is none.
            ("https://api.example.com/v1", "", "https://api.example.com/v1"),
            ("https://api.example.com/", "", "https://api.example.com"),
            ("", "", "https://api.clerk.com"),
        ] {
            assert_eq!(base_url(url, version).unwrap(), base_url_, "{url} {version}");
        }
    }

    #[test]
    fn a_version_must_not_differ_from_that_of_the_url() {
        let error = base_url("https://api.clerk.com/v1", "v2").unwrap_err();
        assert!(error.contains("CLERK_API_VERSION: must not differ"), "{error}");
    }

    #[test]
    fn a_version_must_be_v_and_digits() {
        for version in ["v1/../v2", "..", "v1\\x", "v1?x", "v1#x", "v1 x", "v", "1", "V1", "beta"] {
            assert!(base_url("", version).unwrap_err().contains("CLERK_API_VERSION"), "{version}");
        }
    }

    #[test]
    fn an_invalid_url_is_reported_by_its_variable() {
        let error = Environment::name_variable(ConfigError::new("base_url", "must have a host"));
        assert_eq!(error.to_string(), "invalid setting CLERK_API_URL: must have a host");
        let error = Environment::name_variable(ConfigError::new("HTTPS_PROXY", "invalid"));
        assert_eq!(error.setting(), "HTTPS_PROXY");
    }
}
