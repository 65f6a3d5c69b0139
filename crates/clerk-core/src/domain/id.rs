use super::InvalidInput;

const LONGEST: usize = 255;

/// Checks the one rule for ids: 1 to 255 ASCII letters, digits, `_` and `-`.
///
/// Nothing in that set means anything in a URL, so an id can never leave its path segment.
pub(super) fn check(field: &'static str, id: &str) -> Result<(), InvalidInput> {
    if id.is_empty() {
        return Err(InvalidInput::new(field, "it is empty"));
    }
    // All of them without a branch first, which is done many bytes at a time; where one stands is
    // asked only if there is one.
    if !id.bytes().fold(true, |clean, byte| clean & is_allowed(byte)) {
        let at = id.bytes().take_while(|byte| is_allowed(*byte)).count() + 1;
        let reason =
            format!("only ASCII letters, digits, `_` and `-` are allowed; byte {at} is another");
        return Err(InvalidInput::new(field, reason));
    }
    if id.len() > LONGEST {
        return Err(InvalidInput::new(field, format!("it is longer than {LONGEST} characters")));
    }
    Ok(())
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Makes an id type out of that rule: the two ids differ in their names alone.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes an id of 1 to 255 ASCII letters, digits, `_` and `-`.
            ///
            /// # Errors
            ///
            /// [`InvalidInput`](crate::InvalidInput) for anything else: such text could leave its path segment.
            pub fn new(id: impl Into<String>) -> Result<Self, crate::InvalidInput> {
                let id = id.into();
                crate::domain::id::check($field, &id)?;
                Ok(Self(id))
            }

            /// Gives the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidInput;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                Self::new(id)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = crate::InvalidInput;

            fn try_from(id: &str) -> Result<Self, Self::Error> {
                Self::new(id)
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::InvalidInput;

            fn try_from(id: String) -> Result<Self, Self::Error> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

pub(super) use id;

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn letters_digits_underscore_and_hyphen_are_allowed() {
        for id in ["a", "user_29w83sxmDNGwOuEthce5gg56FcC", "act-1", &"x".repeat(255)] {
            assert_eq!(check("id", id), Ok(()), "{id}");
        }
    }

    #[test]
    fn whatever_could_leave_a_path_segment_is_refused() {
        for id in [
            "", " ", "a b", "a/b", "a?b", "a#b", "a\\b", "a%2Fb", ".", "..", "a.b", "a\nb", "a\0",
            "ü", "a:b", "a@b",
        ] {
            assert!(check("id", id).is_err(), "{id:?}");
        }
        assert!(check("id", &"x".repeat(256)).is_err());
    }

    #[test]
    fn the_refusal_names_the_field_and_the_place_but_not_the_text() {
        let refusal = check("user_id", "ab/canary").unwrap_err().to_string();
        assert!(refusal.contains("user_id") && refusal.contains("byte 3"), "{refusal}");
        assert!(!refusal.contains("canary"), "{refusal}");
    }
}
