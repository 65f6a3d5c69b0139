use std::borrow::Cow;

/// An error in the input, found before anything is sent.
///
/// The message names the field as Clerk does (`user_id`, `actor.sub`, `expires_in_seconds`, …), or
/// a setting of the call by the name of its method. It never quotes the value, which may be a
/// secret in the wrong place.
///
/// # Examples
///
/// ```
/// let error = clerk_core::UserId::new("user/1").unwrap_err();
/// assert_eq!(error.field(), "user_id");
/// assert_eq!(
///     error.to_string(),
///     "invalid user_id: invalid character at byte 5; use only ASCII letters, digits, `_` and `-`"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {field}: {reason}")]
pub struct InvalidInput {
    field: &'static str,
    reason: Cow<'static, str>,
}

impl InvalidInput {
    pub(crate) fn new(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field, reason: reason.into() }
    }

    /// Returns the name of the invalid field: Clerk's name for it, if Clerk has one.
    pub fn field(&self) -> &str {
        self.field
    }

    /// Returns what is wrong with the field, without its value.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
