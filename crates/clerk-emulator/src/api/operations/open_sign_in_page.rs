use bytes::Bytes;
use http::Response;

use crate::{
    api::{
        call::Call, parameter::parameter, redirect::see_session, refusal::Refusal,
        ticket_refusal::ticket_refusal,
    },
    state::generate,
};

/// Performs `GET /sign-in`, which stands in for the sign-in page of an application: it signs in
/// with the ticket in the query, which uses it up, and shows the session.
///
/// The session has an address of its own, so that it can be reloaded.
pub(crate) fn open_sign_in_page(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let ticket = parameter(call.query.as_bytes(), "__clerk_ticket").unwrap_or_default();
    let session = call.instance.sign_in(&ticket, generate::client_id()).map_err(ticket_refusal)?;
    Ok(see_session(&session.id))
}
