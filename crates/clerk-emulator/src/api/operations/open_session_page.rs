use bytes::Bytes;
use http::Response;

use crate::api::{call::Call, page::session_page, refusal::Refusal};

/// Performs `GET /sessions/{session_id}`. Looking at a session does not count as activity.
pub(crate) fn open_session_page(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let session = call
        .instance
        .ledger(|ledger, now| ledger.sessions.get(call.id, now))
        .map_err(|_| Refusal::session_not_found(call.id))?;
    Ok(session_page(&session))
}
