use std::borrow::Cow;

/// Says which input cannot be sent, and why.
///
/// It is found before anything is sent. It names the field by Clerk's own name (`user_id`,
/// `actor.sub`, `expires_in_seconds`, …), or a setting of the call by its method, and never quotes
/// the value, which may be a secret in the wrong place.
///
/// ```
/// let error = clerk_core::UserId::new("user/1").unwrap_err();
/// assert_eq!(error.field(), "user_id");
/// assert_eq!(error.to_string(), "invalid user_id: only ASCII letters, digits, `_` and `-` are allowed; byte 5 is another");
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

    /// Names the field that cannot be sent, by Clerk's name where Clerk has one.
    pub fn field(&self) -> &str {
        self.field
    }

    /// Says what is wrong with it, without quoting it.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
