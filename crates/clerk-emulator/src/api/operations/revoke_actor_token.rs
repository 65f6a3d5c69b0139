use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    api::{actor_token::ActorToken, call::Call, refusal::Refusal, response},
    state::AcceptError,
};

/// Performs `POST /v1/actor_tokens/{actor_token_id}/revoke`.
pub(crate) fn revoke_actor_token(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let token =
        call.instance.ledger(|ledger, now| ledger.revoke_token(call.id, now)).map_err(|error| {
            match error {
                AcceptError::NotFound | AcceptError::UserNotFound => Refusal::not_found(),
                AcceptError::NotPending(status) => Refusal::cannot_be_revoked(status.as_str()),
                AcceptError::Expired => Refusal::cannot_be_revoked("expired"),
            }
        })?;
    Ok(response::json(StatusCode::OK, &ActorToken::revoked(&token)))
}
