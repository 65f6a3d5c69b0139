use std::fmt;

/// Holds text that must not be seen: an actor token, or the URL that consumes it.
///
/// Whoever holds it can sign in as the user. [`expose`](Self::expose) is the only way out; `Debug`
/// prints `[redacted]`, and there is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// Gives the secret itself: to hand it over, never to log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_is_redacted_and_expose_is_not() {
        let secret = Secret::new("canary".to_owned());
        assert_eq!(
            (format!("{secret:?} {secret:#?}").as_str(), secret.expose()),
            ("[redacted] [redacted]", "canary")
        );
    }
}
