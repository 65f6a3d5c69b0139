use std::time::Duration;

use http::StatusCode;

use super::{ApiError, ConfigError, Stamp, TimeoutError, TransportFailure, UnexpectedResponse};
use crate::domain::{ActorTokenId, InvalidInput};

/// Is everything that can go wrong, a variant for each stage.
///
/// What to ask first is [`is_ambiguous`](Self::is_ambiguous): whether the request may have taken
/// effect. `Display` says the stage and what was learned there,
/// [`source`](std::error::Error::source) the cause, and neither ever holds a secret. What a variant
/// says is about the last attempt; an earlier one may be in doubt all the same, and then the error
/// is ambiguous, too.
///
/// ```
/// use clerk_core::{Error, UserId};
///
/// let error = Error::from(UserId::new("").unwrap_err());
/// assert!(matches!(error, Error::InvalidInput(_)) && !error.is_ambiguous());
/// assert_eq!(error.attempts(), 0);
/// ```
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be sent. Nothing was sent.
    #[error(transparent)]
    InvalidInput(#[from] InvalidInput),
    /// The client cannot work as it is set up. Nothing was sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The transport has no whole answer. Whether the request may have taken effect: ask
    /// [`is_ambiguous`](Self::is_ambiguous).
    #[error(transparent)]
    Transport(TransportFailure),
    /// No answer came in time. Whether the request may have taken effect: ask
    /// [`is_ambiguous`](Self::is_ambiguous).
    #[error(transparent)]
    Timeout(TimeoutError),
    /// Clerk refused: the request was sent, and had no effect, unless the status is a 408 or from
    /// 500 up.
    #[error(transparent)]
    Api(ApiError),
    /// The answer makes no sense here: the request was sent, and if the status is a 2xx, a 408 or
    /// from 500 up, it may have had an effect.
    #[error(transparent)]
    Unexpected(UnexpectedResponse),
}

impl Error {
    /// Gives the status, if one had arrived, even when the rest of the answer had not.
    pub fn status(&self) -> Option<StatusCode> {
        self.stamp()?.status
    }

    /// Gives the id by which Clerk's support finds the request.
    pub fn trace_id(&self) -> Option<&str> {
        self.stamp()?.trace_id.as_deref()
    }

    /// Tells for how long the server wants to be left alone; the longest duration if it said more
    /// than any clock can count.
    pub fn retry_after(&self) -> Option<Duration> {
        self.stamp()?.retry_after
    }

    /// Tells how many attempts there were; 0 if nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.stamp().map_or(0, |stamp| stamp.attempts)
    }

    /// Tells whether the request may have taken effect, in the last attempt or an earlier one.
    ///
    /// After a create, there may be a live token. If [`actor_token_id`](Self::actor_token_id) knows
    /// it, revoke it; if not, nobody can, and it lives until it expires. After a revoke, revoke
    /// again: it does no harm.
    pub fn is_ambiguous(&self) -> bool {
        self.stamp().is_some_and(|stamp| stamp.ambiguous)
    }

    /// Gives the token's id, if a 2xx named one but could not be accepted. After a revoke it may be
    /// another token than the one that was asked for.
    pub fn actor_token_id(&self) -> Option<&ActorTokenId> {
        self.stamp()?.actor_token_id.as_ref()
    }

    /// Tells whether a parameter is at fault: found before sending, or by Clerk (400, or 422 that
    /// names a parameter).
    ///
    /// A 422 that names none is a used-up quota, and a token that cannot be revoked is
    /// [another matter](Self::is_not_pending).
    pub fn is_invalid_request(&self) -> bool {
        let Self::Api(api) = self else { return matches!(self, Self::InvalidInput(_)) };
        match api.status() {
            StatusCode::BAD_REQUEST => !self.is_not_pending(),
            StatusCode::UNPROCESSABLE_ENTITY => {
                api.has_code(|code| code.starts_with("form_"))
                    || api
                        .errors()
                        .iter()
                        .any(|error| error.meta().get::<String>("param_name").is_some())
            }
            _ => false,
        }
    }

    /// Tells whether the plan lacks impersonation (402, whoever says so).
    pub fn is_payment_required(&self) -> bool {
        self.status() == Some(StatusCode::PAYMENT_REQUIRED)
    }

    /// Tells whether Clerk knows no such user, or no such actor token (404 in Clerk's own words; a
    /// gateway's is not that).
    ///
    /// A base URL with a wrong path may look the same: if every call says so, look there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(api) if api.status() == StatusCode::NOT_FOUND)
    }

    /// Tells whether the secret key was not accepted (401, whoever says so: a gateway in between
    /// may).
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Tells whether there were too many requests (429, whoever says so).
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Tells whether the token is no longer pending: used, revoked or expired.
    ///
    /// If the error [is ambiguous](Self::is_ambiguous), an earlier attempt of this very call may
    /// have revoked it.
    pub fn is_not_pending(&self) -> bool {
        matches!(self, Self::Api(api) if api.has_code(|code| code.starts_with("actor_token_cannot_be_revoked")))
    }

    fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::InvalidInput(_) | Self::Config(_) => None,
            Self::Transport(failure) => Some(&failure.stamp),
            Self::Timeout(timeout) => Some(&timeout.stamp),
            Self::Api(api) => Some(&api.stamp),
            Self::Unexpected(response) => Some(&response.stamp),
        }
    }

    /// Stamps what only the use case knows: how many attempts there were, and whether any of them
    /// may have taken effect.
    pub(crate) fn stamped(mut self, attempts: u32, ambiguous: bool) -> Self {
        let stamp = match &mut self {
            Self::InvalidInput(_) | Self::Config(_) => return self,
            Self::Transport(failure) => &mut failure.stamp,
            Self::Timeout(timeout) => &mut timeout.stamp,
            Self::Api(api) => &mut api.stamp,
            Self::Unexpected(response) => &mut response.stamp,
        };
        stamp.attempts = attempts;
        stamp.ambiguous = ambiguous;
        self
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{ApiError, ConfigError, Error, InvalidInput, Stamp};
    use crate::{
        domain::Claims,
        error::{ClerkError, Misfit, UnexpectedResponse},
    };

    fn api(status: u16, code: &str, meta: &str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let meta = Claims::from_json(meta).unwrap();
        let entry = ClerkError { code: code.to_owned(), meta, ..ClerkError::default() };
        let stamp = Stamp { status: Some(status), ..Stamp::default() };
        Error::Api(ApiError::new(stamp, status, vec![entry], Claims::default(), String::new()))
    }

    fn unexpected(status: u16) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let stamp = Stamp { status: Some(status), ..Stamp::default() };
        Error::Unexpected(UnexpectedResponse::new(
            stamp,
            status,
            Misfit::NoClerkErrors,
            0,
            String::new(),
        ))
    }

    /// Names the predicates that hold.
    fn holds(error: &Error) -> Vec<&'static str> {
        let predicates = [
            ("invalid", error.is_invalid_request()),
            ("payment", error.is_payment_required()),
            ("not found", error.is_not_found()),
            ("unauthorized", error.is_unauthorized()),
            ("rate", error.is_rate_limited()),
            ("revoked", error.is_not_pending()),
        ];
        predicates.into_iter().filter_map(|(name, holds)| holds.then_some(name)).collect()
    }

    #[test]
    fn each_refusal_is_one_thing_and_no_other() {
        assert_eq!(holds(&api(400, "bad", "{}")), ["invalid"]);
        assert_eq!(holds(&api(400, "actor_token_cannot_be_revoked_code", "{}")), ["revoked"]);
        assert_eq!(holds(&api(401, "clerk_key_invalid", "{}")), ["unauthorized"]);
        assert_eq!(holds(&api(402, "plan", "{}")), ["payment"]);
        assert_eq!(holds(&api(404, "resource_not_found", "{}")), ["not found"]);
        assert_eq!(holds(&api(409, "conflict", "{}")), [""; 0]);
        assert_eq!(holds(&api(429, "too_many_requests", "{}")), ["rate"]);
    }

    #[test]
    fn a_422_that_names_a_parameter_is_a_bad_one_and_any_other_a_quota() {
        assert_eq!(holds(&api(422, "form_param_missing", "{}")), ["invalid"]);
        assert_eq!(holds(&api(422, "new_code", r#"{"param_name":"actor.sub"}"#)), ["invalid"]);
        assert_eq!(holds(&api(422, "quota_exceeded", r#"{"resource":"impersonation"}"#)), [""; 0]);
    }

    #[test]
    fn without_clerk_s_words_a_status_is_believed_but_not_404() {
        assert_eq!(holds(&unexpected(401)), ["unauthorized"]);
        assert_eq!(holds(&unexpected(402)), ["payment"]);
        assert_eq!(holds(&unexpected(429)), ["rate"]);
        for status in [400, 404, 422] {
            assert_eq!(
                holds(&unexpected(status)),
                [""; 0],
                "{status}: a wrong base URL answers so, too"
            );
        }
    }

    #[test]
    fn what_was_not_sent_has_no_attempts_and_no_answer() {
        let input = Error::from(InvalidInput::new("user_id", "it is empty"));
        assert_eq!(holds(&input), ["invalid"]);
        let config = Error::from(ConfigError::new("base_url", "it is empty"));
        assert_eq!(holds(&config), [""; 0]);
        for error in [input, config] {
            let error = error.stamped(3, true);
            assert_eq!((error.attempts(), error.is_ambiguous(), error.status()), (0, false, None));
        }
    }

    #[test]
    fn a_stamp_is_kept() {
        let error = api(503, "c", "{}").stamped(3, true);
        assert_eq!(
            (error.attempts(), error.is_ambiguous(), error.status().unwrap().as_u16()),
            (3, true, 503)
        );
    }
}
