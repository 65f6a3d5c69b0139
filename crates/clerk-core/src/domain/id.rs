use super::InvalidInput;

const MAX_LEN: usize = 255;

/// Checks the rule that all ids share: 1 to 255 ASCII letters, digits, `_` and `-`.
///
/// None of these characters has a meaning in a URL, so an id cannot leave its path segment.
pub(super) fn check(field: &'static str, id: &str) -> Result<(), InvalidInput> {
    if id.is_empty() {
        return Err(InvalidInput::new(field, "must not be empty"));
    }
    // No early exit, so that many bytes are checked at a time. The position is searched for only
    // in an id that is invalid.
    if !id.bytes().fold(true, |valid, byte| valid & is_allowed(byte)) {
        let position = id.bytes().take_while(|byte| is_allowed(*byte)).count() + 1;
        let reason = format!(
            "invalid character at byte {position}; use only ASCII letters, digits, `_` and `-`"
        );
        return Err(InvalidInput::new(field, reason));
    }
    if id.len() > MAX_LEN {
        return Err(InvalidInput::new(
            field,
            format!("must not be longer than {MAX_LEN} characters"),
        ));
    }
    Ok(())
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Defines an id type with that rule. The types differ only in the name of the type and of the
/// field that errors mention.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Creates an id from 1 to 255 ASCII letters, digits, `_` and `-`.
            ///
            /// # Errors
            ///
            /// [`InvalidInput`](crate::InvalidInput) for any other string, because it could leave
            /// its segment of the URL path.
            pub fn new(id: impl Into<String>) -> Result<Self, crate::InvalidInput> {
                let id = id.into();
                crate::domain::id::check($field, &id)?;
                Ok(Self(id))
            }

            /// Returns the id as a string slice.
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
    fn ids_that_could_leave_a_path_segment_are_rejected() {
        for id in [
            "", " ", "a b", "a/b", "a?b", "a#b", "a\\b", "a%2Fb", ".", "..", "a.b", "a\nb", "a\0",
            "ü", "a:b", "a@b",
        ] {
            assert!(check("id", id).is_err(), "{id:?}");
        }
        assert!(check("id", &"x".repeat(256)).is_err());
    }

    #[test]
    fn errors_name_the_field_and_the_position_but_never_the_id() {
        let error = check("user_id", "ab/canary").unwrap_err().to_string();
        assert!(error.contains("user_id") && error.contains("byte 3"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}
