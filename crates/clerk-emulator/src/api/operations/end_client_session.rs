use bytes::Bytes;
use http::Response;

use crate::{
    api::{
        call::Call, client_response::client_response, client_session::client_session,
        refusal::Refusal, session::Session,
    },
    state::SessionStatus,
};

/// Performs `POST /v1/client/sessions/{session_id}/end`.
pub(crate) fn end_client_session(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = client_session(call)?;
    let ended = call
        .instance
        .ledger(|ledger, now| ledger.sessions.end(&session.id, SessionStatus::Ended, now))
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(client_response(call, &ended.client_id, &Session::new(&ended)))
}
