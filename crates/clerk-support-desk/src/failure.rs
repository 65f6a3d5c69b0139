use axum::{BoxError, http::StatusCode};
use clerk_actor_tokens::Error;

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    NoEngineer,
    ForeignPage,
    NoReason,
    InvalidUser,
    FormWasUsed,
    Unknown,
    NoLink,
    Start(Error),
    End(Error),
    Internal,
}

impl From<BoxError> for Failure {
    fn from(error: BoxError) -> Self {
        tracing::error!(error, "the desk itself failed");
        Self::Internal
    }
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoEngineer => StatusCode::UNAUTHORIZED,
            Self::ForeignPage => StatusCode::FORBIDDEN,
            Self::NoReason | Self::InvalidUser => StatusCode::UNPROCESSABLE_ENTITY,
            Self::FormWasUsed => StatusCode::CONFLICT,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::NoLink | Self::Start(_) | Self::End(_) => StatusCode::BAD_GATEWAY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns what happened, and what to do.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::NoEngineer => ("Who are you?", "A proxy in front of this desk has to say it."),
            Self::ForeignPage => (
                "This did not come from this desk's page",
                "Nothing was done. Use a current browser, over HTTPS or on the desk's own machine.",
            ),
            Self::NoReason => ("A reason is mandatory", "Go back and enter one."),
            Self::InvalidUser => ("This is not the id of a user", "Go back and correct it."),
            Self::FormWasUsed => (
                "This form was sent before",
                "A link is shown only once. For another one, end the impersonation and start anew.",
            ),
            Self::Unknown => ("There is no such impersonation", "Look for it in the table."),
            Self::NoLink => ("Clerk sent no link", "The impersonation is of no use. End it."),
            // First of all: whatever else is known of the error, it may be live.
            Self::Start(error) if error.is_ambiguous() => (
                "It may have started",
                "There is no link, because Clerk's response was lost or cannot be used. The table \
                 says until when the impersonation may be live. End it there.",
            ),
            Self::Start(error) => not_started(error),
            Self::End(error) if error.is_not_found() => (
                "Clerk does not know this impersonation",
                "It has not ended. Does this desk talk to the Clerk instance where it started?",
            ),
            Self::End(_) => (
                "It may not have ended",
                "Somebody may still be signed in. End it again, which is always safe.",
            ),
            Self::Internal => (
                "This desk is out of order",
                "Tell whoever runs it. Whoever was signed in before may still be.",
            ),
        }
    }
}

fn not_started(error: &Error) -> (&'static str, &'static str) {
    if error.is_not_found() {
        ("Clerk knows no such user", "Go back and correct the id.")
    } else if error.is_invalid_request() {
        ("Clerk did not accept this", "Go back and correct it.")
    } else if error.is_quota_exceeded() {
        ("The monthly quota of impersonations is used up", "Wait, or have the plan changed.")
    } else if error.is_payment_required() {
        ("The Clerk plan does not include impersonation", "Have the plan changed.")
    } else if error.is_unauthorized() {
        ("Clerk did not accept this desk's secret key", "Tell whoever runs this desk.")
    } else if error.is_rate_limited() {
        ("Clerk is busy", "Try again in a minute.")
    } else {
        ("It has not started", "Try again.")
    }
}
