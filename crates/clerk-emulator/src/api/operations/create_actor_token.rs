use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use crate::{
    api::{
        actor_token::ActorToken, create_form::read_create_form, refusal::Refusal, request::is_json,
        response,
    },
    state::Instance,
};

/// Performs `POST /v1/actor_tokens`.
pub(crate) fn create_actor_token(
    instance: &Instance,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response<Bytes>, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::content_type_unsupported());
    }
    let new = read_create_form(body)?;
    if !instance.has_user(&new.user_id) {
        return Err(Refusal::user_not_found(&new.user_id));
    }
    let token = instance.ledger().issue(new, instance.clock.now());
    Ok(response::json(StatusCode::OK, &ActorToken::created(&token)))
}
