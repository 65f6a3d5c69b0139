use std::str::FromStr;

use super::{InvalidInput, Secret};

/// Holds the secret key of a Clerk instance, like `sk_live_…`.
///
/// White space around it is trimmed. `Debug` is redacted, and there is no way to read the key back.
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

impl SecretKey {
    /// Takes a secret key.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if it is empty or blank, a publishable key (`pk_…`), or holds anything but
    /// visible ASCII. The error does not contain the key.
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidInput> {
        let key = key.into();
        let key = key.trim();
        let refuse = |reason: &'static str| Err(InvalidInput::new("secret_key", reason));
        if key.is_empty() {
            return refuse(
                "it is empty; Clerk's dashboard shows it under API keys (sk_test_… or sk_live_…)",
            );
        }
        if key.starts_with("pk_") {
            return refuse(
                "it is a publishable key (pk_…); the Backend API takes the secret key (sk_…)",
            );
        }
        if key.contains(char::is_whitespace) {
            return refuse("there is white space inside; pass the key alone, without `Bearer`");
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("only visible ASCII is allowed");
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
    fn surrounding_white_space_is_trimmed() {
        assert_eq!(SecretKey::new("\t sk_test_a~!\r\n").unwrap().expose(), "sk_test_a~!");
    }

    #[test]
    fn keys_that_cannot_work_are_refused_with_a_reason_and_without_the_key() {
        for (key, reason) in [
            ("", "empty"),
            (" \n\t", "empty"),
            ("pk_live_canary", "publishable"),
            (" pk_test_canary", "publishable"),
            ("Bearer sk_test_canary", "Bearer"),
            ("sk_test_\ncanary", "white space"),
            ("sk_test_canary\0", "visible ASCII"),
            ("sk_test_canary\u{7f}", "visible ASCII"),
            ("sk_test_canaryü", "visible ASCII"),
        ] {
            let refusal = SecretKey::new(key).unwrap_err();
            assert_eq!(refusal.field(), "secret_key");
            assert!(refusal.reason().contains(reason), "{refusal}");
            assert!(!format!("{refusal} {refusal:?}").contains("canary"), "{refusal}");
        }
    }
}
