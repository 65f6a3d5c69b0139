use std::{fmt, time::Duration};

use http::StatusCode;

use super::{
    ApiError, ClerkError, ConfigError, ErrorContext, TimeoutError, TransportFailure,
    UnexpectedResponse, write_chain,
};
use crate::domain::{ActorTokenId, InvalidInput};

/// An error from this crate, one variant per stage.
///
/// Ask first whether it [is ambiguous](Self::is_ambiguous): whether the request may have taken
/// effect. `Display` says what failed and where, [`source`](std::error::Error::source) is the
/// cause, and neither ever contains a secret. A variant describes the last attempt; if an earlier
/// one may have taken effect, the error is ambiguous all the same.
///
/// # Examples
///
/// ```
/// use clerk_core::{Error, UserId};
///
/// let error = Error::from(UserId::new("").unwrap_err());
/// assert!(matches!(error, Error::InvalidInput(_)) && !error.is_ambiguous());
/// assert_eq!(error.attempts(), 0);
/// ```
#[derive(thiserror::Error)]
pub enum Error {
    /// The input cannot be sent. Nothing was sent.
    #[error(transparent)]
    InvalidInput(#[from] InvalidInput),
    /// The client's configuration cannot work. Nothing was sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The transport received no complete response. The request may have taken effect if the error
    /// [is ambiguous](Self::is_ambiguous).
    #[error(transparent)]
    Transport(TransportFailure),
    /// No response arrived in time. The request may have taken effect if the error
    /// [is ambiguous](Self::is_ambiguous).
    #[error(transparent)]
    Timeout(TimeoutError),
    /// Clerk refused: the request was sent, and had no effect unless the error
    /// [is ambiguous](Self::is_ambiguous) (a 1xx, a 303, a 408, or 500 and above).
    #[error(transparent)]
    Api(ApiError),
    /// The response does not fit the request, which was sent and may have taken effect if the
    /// error [is ambiguous](Self::is_ambiguous) (a 1xx, a 2xx, a 303, a 408, or 500 and above).
    #[error(transparent)]
    Unexpected(UnexpectedResponse),
}

impl Error {
    /// Returns the status, if one arrived, even if the rest of the response did not.
    pub fn status(&self) -> Option<StatusCode> {
        self.context()?.response.status
    }

    /// Returns the id by which Clerk's support can find the request.
    pub fn trace_id(&self) -> Option<&str> {
        self.context()?.response.trace_id.as_deref()
    }

    /// Returns how long the server asked clients to wait; [`Duration::MAX`] if it asked for longer
    /// than a `Duration` can express.
    pub fn retry_after(&self) -> Option<Duration> {
        self.context()?.response.retry_after
    }

    /// Returns how many attempts were made; 0 if the error was found before the first.
    ///
    /// If the call sends several requests, these are the attempts of the one that failed.
    pub fn attempts(&self) -> u32 {
        self.context().map_or(0, |context| context.attempts)
    }

    /// Returns `true` if the request may have taken effect, in the last attempt or an earlier one.
    ///
    /// After a create, there may be a live token. If [`actor_token_id`](Self::actor_token_id)
    /// returns its id, revoke it; if not, nobody can, and it lives until it expires. After a
    /// revoke, revoke again: that is safe. So is ending an impersonation again, whose error is
    /// ambiguous as soon as any of its requests took effect or may have.
    pub fn is_ambiguous(&self) -> bool {
        self.context().is_some_and(|context| context.ambiguous)
    }

    /// Returns the id of the token named by a success response that could not be accepted. After a
    /// revoke, that may be a different token from the one that was to be revoked. If an
    /// impersonation was to be ended, this is the id that was given, whatever failed.
    pub fn actor_token_id(&self) -> Option<&ActorTokenId> {
        self.context()?.response.actor_token_id.as_ref()
    }

    /// Returns `true` if a parameter is at fault: found before sending, or by Clerk (a 400, or a
    /// 422 that names a parameter).
    ///
    /// A [used-up quota](Self::is_quota_exceeded) and a token that
    /// [is not pending](Self::is_not_pending) are not invalid requests, and neither is a 422 with
    /// an unknown code that names no parameter.
    pub fn is_invalid_request(&self) -> bool {
        let Self::Api(api) = self else { return matches!(self, Self::InvalidInput(_)) };
        match api.status() {
            StatusCode::BAD_REQUEST => !self.is_not_pending(),
            StatusCode::UNPROCESSABLE_ENTITY => {
                let names_parameter = |error: &ClerkError| {
                    error.code().starts_with("form_")
                        || error.meta().names().any(|name| name == "param_name")
                };
                !self.is_quota_exceeded() && api.errors().iter().any(names_parameter)
            }
            _ => false,
        }
    }

    /// Returns `true` if the plan lacks impersonation (402, whoever sent it).
    pub fn is_payment_required(&self) -> bool {
        self.status() == Some(StatusCode::PAYMENT_REQUIRED)
    }

    /// Returns `true` if the monthly quota of impersonations is used up (422 with the code
    /// `impersonation_limit_exceeded`, whose `meta()` has the members `limit` and `used`).
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_core::Error;
    ///
    /// /// Returns how many impersonations a month the plan allows, if they are used up.
    /// fn quota(error: &Error) -> Option<u64> {
    ///     let Error::Api(api) = error else { return None };
    ///     api.errors().iter().find_map(|error| error.meta().get("limit")?.ok())
    /// }
    /// ```
    pub fn is_quota_exceeded(&self) -> bool {
        let is_code = |code: &str| code == "impersonation_limit_exceeded";
        matches!(self, Self::Api(api)
            if api.status() == StatusCode::UNPROCESSABLE_ENTITY && api.refusal().has_code(is_code))
    }

    /// Returns `true` if Clerk knows no such user or actor token (404 with a `ClerkErrors` body; a
    /// gateway's 404 does not count).
    ///
    /// A base URL with a wrong path may look the same. If every call fails like this, check it.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(api) if api.refusal().is_not_found())
    }

    /// Returns `true` if the secret key was not accepted (401, whoever sent it).
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns `true` if there were too many requests (429, whoever sent it).
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns `true` if the token is no longer pending: used, revoked or expired.
    ///
    /// If the error [is ambiguous](Self::is_ambiguous), an earlier attempt of the same call may
    /// have revoked it.
    pub fn is_not_pending(&self) -> bool {
        matches!(self, Self::Api(api) if api.refusal().is_not_pending())
    }

    fn context(&self) -> Option<&ErrorContext> {
        match self {
            Self::InvalidInput(_) | Self::Config(_) => None,
            Self::Transport(failure) => Some(&failure.context),
            Self::Timeout(timeout) => Some(&timeout.context),
            Self::Api(api) => Some(&api.context),
            Self::Unexpected(response) => Some(&response.context),
        }
    }
}

impl fmt::Debug for Error {
    /// Writes what a person can act on: the stage, what failed and its causes, on one line. For
    /// the fields, print the variant's payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidInput(_) => "InvalidInput(",
            Self::Config(_) => "Config(",
            Self::Transport(_) => "Transport(",
            Self::Timeout(_) => "Timeout(",
            Self::Api(_) => "Api(",
            Self::Unexpected(_) => "Unexpected(",
        })?;
        write_chain(self, f)?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{ConfigError, Error, InvalidInput};
    use crate::{
        domain::Claims,
        error::{ClerkError, Failure, Reason, Refusal, ResponseInfo, Stage, Unexpected},
        port::{TransportError, TransportErrorKind},
    };

    fn error(stage: Stage, status: Option<StatusCode>, attempts: u32, ambiguous: bool) -> Error {
        let response = ResponseInfo { status, ..ResponseInfo::default() };
        Failure { stage, response }.into_error(attempts, ambiguous, "api.clerk.com:443")
    }

    fn api(status: u16, code: &str, meta: &str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let meta = Claims::from_json(meta).unwrap();
        let entry = ClerkError { code: code.to_owned(), meta, ..ClerkError::default() };
        let (errors, meta, body) = (vec![entry], Box::default(), String::new());
        error(Stage::Refused(Refusal { status, errors, meta, body }), Some(status), 1, false)
    }

    fn unexpected(status: u16) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let (reason, body_length, body) = (Reason::NotClerkErrors, 0, String::new());
        let response = Unexpected { status, reason, body_length, body };
        error(Stage::Unexpected(response), Some(status), 1, false)
    }

    /// Returns the names of the predicates that hold.
    fn holds(error: &Error) -> Vec<&'static str> {
        let predicates = [
            ("invalid", error.is_invalid_request()),
            ("payment", error.is_payment_required()),
            ("quota", error.is_quota_exceeded()),
            ("not found", error.is_not_found()),
            ("unauthorized", error.is_unauthorized()),
            ("rate", error.is_rate_limited()),
            ("not pending", error.is_not_pending()),
        ];
        predicates.into_iter().filter_map(|(name, holds)| holds.then_some(name)).collect()
    }

    #[test]
    fn each_refusal_has_one_meaning() {
        assert_eq!(holds(&api(400, "bad", "{}")), ["invalid"]);
        assert_eq!(holds(&api(400, "actor_token_cannot_be_revoked_code", "{}")), ["not pending"]);
        assert_eq!(holds(&api(401, "clerk_key_invalid", "{}")), ["unauthorized"]);
        assert_eq!(holds(&api(402, "plan", "{}")), ["payment"]);
        assert_eq!(holds(&api(404, "resource_not_found", "{}")), ["not found"]);
        assert_eq!(holds(&api(409, "conflict", "{}")), [""; 0]);
        assert_eq!(holds(&api(429, "too_many_requests", "{}")), ["rate"]);
    }

    #[test]
    fn a_422_is_an_invalid_parameter_or_a_used_up_quota_or_neither() {
        assert_eq!(holds(&api(422, "form_param_missing", "{}")), ["invalid"]);
        assert_eq!(holds(&api(422, "new_code", r#"{"param_name":"actor.sub"}"#)), ["invalid"]);
        let quota = r#"{"limit":100,"used":100}"#;
        assert_eq!(holds(&api(422, "impersonation_limit_exceeded", quota)), ["quota"]);
        let quota = r#"{"limit":100,"used":100,"param_name":"x"}"#;
        assert_eq!(holds(&api(422, "impersonation_limit_exceeded", quota)), ["quota"]);
        assert_eq!(holds(&api(422, "new_code", r#"{"resource":"impersonation"}"#)), [""; 0]);
        assert_eq!(holds(&api(403, "impersonation_limit_exceeded", "{}")), [""; 0]);
    }

    #[test]
    fn a_gateway_status_counts_except_400_404_and_422() {
        assert_eq!(holds(&unexpected(401)), ["unauthorized"]);
        assert_eq!(holds(&unexpected(402)), ["payment"]);
        assert_eq!(holds(&unexpected(429)), ["rate"]);
        for status in [400, 404, 422] {
            assert_eq!(
                holds(&unexpected(status)),
                [""; 0],
                "{status}: a wrong base URL may have the same result"
            );
        }
    }

    #[test]
    fn an_error_before_sending_has_no_attempts_and_no_response() {
        let input = Error::from(InvalidInput::new("user_id", "must not be empty"));
        assert_eq!(holds(&input), ["invalid"]);
        let config = Error::from(ConfigError::new("base_url", "must not be empty"));
        assert_eq!(holds(&config), [""; 0]);
        for error in [input, config] {
            assert_eq!((error.attempts(), error.is_ambiguous(), error.status()), (0, false, None));
        }
    }

    #[test]
    fn the_context_of_the_call_is_kept() {
        let cause = TransportError::new(TransportErrorKind::Io, "x");
        let error = error(Stage::Transport(cause), Some(StatusCode::SERVICE_UNAVAILABLE), 3, true);
        assert_eq!(
            (error.attempts(), error.is_ambiguous(), error.status().unwrap().as_u16()),
            (3, true, 503)
        );
    }

    #[test]
    fn debug_is_one_line_that_ends_with_the_causes() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let cause = TransportError::new(TransportErrorKind::Connect, refused);
        let error = error(Stage::Transport(cause), None, 3, false);
        assert_eq!(
            format!("{error:?}"),
            "Transport(failed to connect to api.clerk.com:443 (3 attempts): connection refused)"
        );
        assert_eq!(
            format!("{:?}", Error::from(ConfigError::new("base_url", "must not be empty"))),
            "Config(invalid setting base_url: must not be empty)"
        );
    }
}
