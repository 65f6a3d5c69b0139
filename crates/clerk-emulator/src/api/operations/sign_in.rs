use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::{
    api::{
        call::Call, client_credentials::client_id, client_response::client_response,
        refusal::Refusal, sign_in_form::read_sign_in_form, ticket_refusal::ticket_refusal,
    },
    state::generate,
};

/// Performs `POST /v1/client/sign_ins` with a ticket, which uses it up.
pub(crate) fn sign_in(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let ticket = read_sign_in_form(call.headers, call.body)?;
    let client_id = client_id(call).unwrap_or_else(generate::client_id);
    let session = call.instance.sign_in(&ticket, client_id).map_err(ticket_refusal)?;
    let sign_in = json!({
        "object": "sign_in_attempt",
        "id": generate::sign_in_id(),
        "status": "complete",
        "created_session_id": session.id,
    });
    Ok(client_response(call, &session.client_id, &sign_in))
}
