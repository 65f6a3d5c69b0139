use super::{call::Call, client_credentials::client_id, refusal::Refusal};
use crate::state::Session;

/// Returns the session that the path of a request to the frontend API names, if it is one of the
/// client that sends the request.
pub(crate) fn client_session(call: &Call<'_>) -> Result<Session, Refusal> {
    let client_id = client_id(call).ok_or_else(Refusal::not_authenticated)?;
    let session = call.instance.ledger(|ledger, now| ledger.sessions.get(call.id, now));
    session
        .ok()
        .filter(|session| session.client_id == client_id)
        .ok_or_else(|| Refusal::session_not_found(call.id))
}
