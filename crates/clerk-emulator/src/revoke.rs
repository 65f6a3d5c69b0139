//! `POST /v1/actor_tokens/{actor_token_id}/revoke`.

use http::StatusCode;

use crate::{
    actor_token::ActorToken, answer::Answer, instance::Instance, ledger::RevokeError,
    refusal::Refusal,
};

pub(crate) fn revoke(instance: &Instance, id: &str, trace_id: &str) -> Result<Answer, Refusal> {
    let token =
        instance.ledger().revoke(id, instance.clock.now()).map_err(|error| match error {
            RevokeError::NotFound => Refusal::not_found(),
            RevokeError::NotPending(status) => Refusal::cannot_be_revoked(status.as_str()),
            RevokeError::Expired => Refusal::cannot_be_revoked("expired"),
        })?;
    Ok(Answer::json(StatusCode::OK, &ActorToken::revoked(&token), trace_id))
}
