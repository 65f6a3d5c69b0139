use std::str::FromStr;

use super::{InvalidInput, Secret};

/// The secret key of a Clerk instance, such as `sk_live_…`.
///
/// `Debug` is redacted, and the key cannot be read back.
///
/// # Examples
///
/// ```
/// use clerk_core::SecretKey;
///
/// let key = SecretKey::new(" sk_test_abc \n")?;
/// assert_eq!(format!("{key:?}"), "SecretKey([redacted])");
/// assert!(SecretKey::new("pk_test_abc").unwrap_err().to_string().contains("publishable"));
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
#[derive(Clone, Debug)]
pub struct SecretKey(Secret);

/// The prefixes of what people mistake for a secret key.
const MISTAKEN: [(&str, &str); 4] = [
    ("pk_", "must be the secret key (sk_…), not the publishable key (pk_…)"),
    ("whsec_", "must be the secret key (sk_…), not a webhook signing secret (whsec_…)"),
    ("ak_", "must be the secret key (sk_…), not an API key (ak_…)"),
    ("eyJ", "must be the secret key (sk_…), not a JWT such as a session token"),
];

impl SecretKey {
    /// Creates a secret key. Whitespace around it is trimmed.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `key` is empty or blank, is in quotation marks, looks like something
    /// else (a publishable key, a webhook signing secret, an API key, a JWT), or contains anything
    /// but visible ASCII. The error says what it looks like and never contains the key.
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidInput> {
        let key = key.into();
        let key = key.trim();
        let invalid = |reason: &'static str| Err(InvalidInput::new("secret_key", reason));
        if key.is_empty() {
            return invalid(
                "must not be empty; find the key (sk_test_… or sk_live_…) under API keys in Clerk's dashboard",
            );
        }
        if key.contains(['"', '\'', '`']) {
            return invalid("must not contain quotation marks; some env file loaders keep them");
        }
        if let Some((_, reason)) = MISTAKEN.iter().find(|(prefix, _)| key.starts_with(prefix)) {
            return invalid(reason);
        }
        if key.contains(char::is_whitespace) {
            return invalid("must not contain whitespace; pass the key alone, without `Bearer`");
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return invalid("must contain only visible ASCII characters");
        }
        Ok(Self(Secret::new(key.to_owned())))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for SecretKey {
    type Err = InvalidInput;

    fn from_str(key: &str) -> Result<Self, InvalidInput> {
        Self::new(key)
    }
}

#[cfg(test)]
mod tests {
    use super::SecretKey;

    #[test]
    fn surrounding_whitespace_is_trimmed() {
        assert_eq!(SecretKey::new("\t sk_test_a~!\r\n").unwrap().expose(), "sk_test_a~!");
    }

    #[test]
    fn invalid_keys_are_rejected_without_quoting_them() {
        for (key, reason) in [
            ("", "empty"),
            (" \n\t", "empty"),
            ("pk_live_canary", "publishable"),
            ("whsec_canary", "webhook"),
            ("ak_canary", "API key"),
            ("eyJcanary", "JWT"),
            ("\"sk_test_canary\"", "quotation marks"),
            ("'sk_test_canary'", "quotation marks"),
            ("'sk_test_canary", "quotation marks"),
            ("sk_test_canary`", "quotation marks"),
            (" pk_test_canary", "publishable"),
            ("Bearer sk_test_canary", "Bearer"),
            ("sk_test_\ncanary", "whitespace"),
            ("sk_test_canary\0", "visible ASCII"),
            ("sk_test_canary\u{7f}", "visible ASCII"),
            ("sk_test_canaryü", "visible ASCII"),
        ] {
            let error = SecretKey::new(key).unwrap_err();
            assert_eq!(error.field(), "secret_key");
            assert!(error.reason().contains(reason), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }
}
