use bytes::Bytes;
use http::Response;

use crate::{
    api::{call::Call, redirect::see_session, refusal::Refusal},
    state::{SessionError, SessionStatus},
};

/// Performs `POST /sessions/{session_id}/end`, the button on the page of a session.
pub(crate) fn end_on_session_page(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let ended =
        call.instance.ledger(|ledger, now| ledger.sessions.end(call.id, SessionStatus::Ended, now));
    match ended {
        Err(SessionError::NotFound) => Err(Refusal::session_not_found(call.id)),
        // The page says how a session that is over has ended.
        Ok(_) | Err(SessionError::NotLive(_)) => Ok(see_session(call.id)),
    }
}
