use bytes::Bytes;
use http::{Response, StatusCode};

use crate::api::{call::Call, refusal::Refusal, response, session::Session};

/// Performs `GET /v1/sessions/{session_id}`.
pub(crate) fn get_session(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = call
        .instance
        .ledger(|ledger, now| ledger.sessions.get(call.id, now))
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(response::json(StatusCode::OK, &Session::new(&session)))
}
