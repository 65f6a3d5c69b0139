use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    api::{call::Call, client_session::client_session, refusal::Refusal, response, token::Token},
    state::LIFETIME_IN_SECONDS,
};

/// Performs `POST /v1/client/sessions/{session_id}/tokens`.
///
/// It counts as activity: a client asks for a new token every minute for as long as it is open.
pub(crate) fn create_client_session_token(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = client_session(call)?;
    let jwt = call
        .instance
        .ledger(|ledger, now| ledger.sessions.touch(&session.id, now))
        .and_then(|_| call.instance.session_token(&session.id, call.origin(), LIFETIME_IN_SECONDS))
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(response::json(StatusCode::OK, &Token::new(jwt)))
}
