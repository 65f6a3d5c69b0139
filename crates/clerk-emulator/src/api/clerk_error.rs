use std::borrow::Cow;

use serde::Serialize;

/// The body of an error response: `ClerkErrors` in Clerk's OpenAPI specification.
#[derive(Serialize)]
pub(crate) struct ClerkErrors<'a> {
    pub(crate) errors: &'a [ClerkError],
    pub(crate) clerk_trace_id: &'a str,
}

/// A single error: `ClerkError` in Clerk's OpenAPI specification.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ClerkError {
    message: Cow<'static, str>,
    long_message: Cow<'static, str>,
    code: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Meta {
    Param { param_name: String },
    Quota { limit: u32, used: u32 },
}

impl ClerkError {
    pub(crate) fn new(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
        long_message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            message: message.into(),
            long_message: long_message.into(),
            code: code.into(),
            meta: None,
        }
    }

    pub(crate) fn long_message(&self) -> &str {
        &self.long_message
    }

    /// Documented.
    pub(crate) fn param_missing(name: &str) -> Self {
        Self::new("form_param_missing", "is missing", format!("{name} must be included."))
            .with_param_name(name)
    }

    /// Documented.
    pub(crate) fn param_value_invalid(name: &str) -> Self {
        Self::new("form_param_value_invalid", "is invalid", format!("{name} is invalid"))
            .with_param_name(name)
    }

    /// The code is Clerk's; the messages are guesses.
    pub(crate) fn param_unknown(name: &str) -> Self {
        let long_message = format!("{name} is not a valid parameter for this request.");
        Self::new("form_param_unknown", "is unknown", long_message).with_param_name(name)
    }

    /// Documented, except that Clerk's documentation shows no numbers.
    pub(crate) fn impersonation_limit_exceeded() -> Self {
        let error = Self::new(
            "impersonation_limit_exceeded",
            "Impersonation limit exceeded",
            "Your application has reached the impersonation limit for your plan (100/100). The limit will reset at the beginning of the next billing period.",
        );
        Self { meta: Some(Meta::Quota { limit: 100, used: 100 }), ..error }
    }

    fn with_param_name(self, param_name: &str) -> Self {
        Self { meta: Some(Meta::Param { param_name: param_name.to_owned() }), ..self }
    }
}
