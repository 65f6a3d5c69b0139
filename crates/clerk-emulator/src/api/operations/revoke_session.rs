use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    api::{call::Call, refusal::Refusal, response, session::Session},
    state::SessionError,
};

/// Performs `POST /v1/sessions/{session_id}/revoke`.
pub(crate) fn revoke_session(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = call.instance.revoke_session(call.id).map_err(|error| match error {
        SessionError::NotFound => Refusal::session_not_found(call.id),
        SessionError::NotLive(status) => Refusal::session_cannot_be_revoked(status),
    })?;
    Ok(response::json(StatusCode::OK, &Session::new(&session)))
}
