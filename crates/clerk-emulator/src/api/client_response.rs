use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use super::{
    call::Call, client_credentials::add_client_token, response, session::Session, token::Token,
};
use crate::state::LIFETIME_IN_SECONDS;

/// The body of most responses of the frontend API: the result, and the client as it is now.
#[derive(Serialize)]
struct Body<'a, T> {
    response: &'a T,
    client: Client<'a>,
}

#[derive(Serialize)]
struct Client<'a> {
    object: &'static str,
    id: &'a str,
    sessions: Vec<ClientSession<'a>>,
    last_active_session_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ClientSession<'a> {
    #[serde(flatten)]
    session: Session<'a>,
    last_active_token: Token,
}

/// Returns a response of the frontend API to this client.
pub(crate) fn client_response(
    call: &Call<'_>,
    client_id: &str,
    response: &impl Serialize,
) -> Response<Bytes> {
    let sessions: Vec<_> = call.instance.ledger(|ledger, now| {
        let live = ledger.sessions.iter(now).filter(|session| session.status.is_live());
        live.filter(|session| session.client_id == client_id).collect()
    });
    let client = Client {
        object: "client",
        id: client_id,
        sessions: sessions
            .iter()
            .filter_map(|session| {
                let token =
                    call.instance.session_token(&session.id, call.origin(), LIFETIME_IN_SECONDS);
                // A session whose time is over at this moment is not listed.
                let last_active_token = Token::new(token.ok()?);
                Some(ClientSession { session: Session::new(session), last_active_token })
            })
            .collect(),
        last_active_session_id: sessions.last().map(|session| session.id.as_str()),
    };
    let response = response::json(StatusCode::OK, &Body { response, client });
    add_client_token(response, call, client_id)
}
