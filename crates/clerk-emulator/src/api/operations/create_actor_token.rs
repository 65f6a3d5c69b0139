use bytes::Bytes;
use http::{Response, StatusCode};

use crate::api::{
    actor_token::ActorToken, call::Call, create_form::read_create_form, refusal::Refusal,
    request::is_json, response,
};

/// Performs `POST /v1/actor_tokens`.
pub(crate) fn create_actor_token(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    if !is_json(call.headers) {
        return Err(Refusal::content_type_unsupported("application/json"));
    }
    let new = read_create_form(call.body)?;
    let user_not_found = Refusal::user_not_found(&new.user_id);
    let token = call.instance.issue(new).map_err(|_| user_not_found)?;
    Ok(response::json(StatusCode::OK, &ActorToken::created(&token)))
}
