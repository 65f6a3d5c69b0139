use http::StatusCode;

use super::refusal::Refusal;
use crate::state::{AcceptError, TokenStatus};

/// Returns the response to a ticket with which nobody can sign in.
///
/// The statuses and the codes are documented, the messages are guesses.
pub(crate) fn ticket_refusal(error: AcceptError) -> Refusal {
    let (status, code, message, long_message) = match error {
        AcceptError::NotFound => (
            StatusCode::BAD_REQUEST,
            "ticket_invalid_code",
            "ticket is invalid",
            "The ticket is invalid. Only the instance that has issued a ticket accepts it.",
        ),
        AcceptError::NotPending(TokenStatus::Revoked) => (
            StatusCode::BAD_REQUEST,
            "actor_token_revoked_code",
            "actor token has been revoked",
            "The actor token has been revoked and cannot be used anymore.",
        ),
        AcceptError::NotPending(_) => (
            StatusCode::BAD_REQUEST,
            "actor_token_already_used_code",
            "actor token has already been used",
            "The actor token has already been used. Each can be used only once.",
        ),
        AcceptError::Expired => (
            StatusCode::BAD_REQUEST,
            "ticket_expired_code",
            "ticket has expired",
            "The ticket has expired and cannot be used anymore.",
        ),
        AcceptError::UserNotFound => (
            StatusCode::NOT_FOUND,
            "actor_token_subject_not_found",
            "user of the actor token not found",
            "The user of the actor token does not exist anymore.",
        ),
    };
    Refusal::new(status, code, message, long_message)
}
