use bytes::Bytes;
use http::Response;

use crate::api::{
    call::Call, client_response::client_response, client_session::client_session, refusal::Refusal,
    session::Session,
};

/// Performs `POST /v1/client/sessions/{session_id}/touch`.
pub(crate) fn touch_client_session(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = client_session(call)?;
    let touched = call
        .instance
        .ledger(|ledger, now| ledger.sessions.touch(&session.id, now))
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(client_response(call, &touched.client_id, &Session::new(&touched)))
}
