use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    api::{actor_token::ActorToken, refusal::Refusal, response},
    state::{Instance, RevokeError},
};

/// Performs `POST /v1/actor_tokens/{actor_token_id}/revoke`.
pub(crate) fn revoke_actor_token(
    instance: &Instance,
    id: &str,
) -> Result<Response<Bytes>, Refusal> {
    let token =
        instance.ledger().revoke(id, instance.clock.now()).map_err(|error| match error {
            RevokeError::NotFound => Refusal::not_found(),
            RevokeError::NotPending(status) => Refusal::cannot_be_revoked(status.as_str()),
            RevokeError::Expired => Refusal::cannot_be_revoked("expired"),
        })?;
    Ok(response::json(StatusCode::OK, &ActorToken::revoked(&token)))
}
