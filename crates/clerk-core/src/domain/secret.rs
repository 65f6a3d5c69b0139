use std::fmt;

/// A string that must not be shown: an actor token, or the URL that redeems it.
///
/// Whoever has it can sign in as the user. Only [`expose`](Self::expose) returns it; `Debug` prints
/// `[redacted]`, and there is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Returns the secret itself, to be passed on and never to be logged.
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
