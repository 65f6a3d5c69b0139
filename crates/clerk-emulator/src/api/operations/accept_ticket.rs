use bytes::Bytes;
use http::Response;

use crate::api::{
    call::Call, parameter::parameter, redirect::redirect_to_sign_in, refusal::Refusal,
    ticket_refusal::ticket_refusal,
};

/// Performs `GET /v1/tickets/accept`, the link in the `url` of an actor token.
///
/// It does not use the ticket up: the page that it leads to does.
pub(crate) fn accept_ticket(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let ticket = parameter(call.query.as_bytes(), "ticket").unwrap_or_default();
    call.instance.check_ticket(&ticket).map_err(ticket_refusal)?;
    Ok(redirect_to_sign_in(call.instance.settings.sign_in_url.as_deref(), &ticket))
}
