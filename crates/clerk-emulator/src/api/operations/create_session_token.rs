use bytes::Bytes;
use http::{Response, StatusCode};

use crate::api::{
    call::Call, refusal::Refusal, response, session_token_form::read_session_token_form,
    token::Token,
};

/// Performs `POST /v1/sessions/{session_id}/tokens`.
pub(crate) fn create_session_token(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let lifetime = read_session_token_form(call.body)?;
    let jwt = call
        .instance
        .session_token(call.id, None, lifetime)
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(response::json(StatusCode::OK, &Token::new(jwt)))
}
