use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use crate::api::{
    call::Call, refusal::Refusal, response, session::Session, session_query::SessionQuery,
};

/// Performs `GET /v1/sessions`. The newest session comes first.
pub(crate) fn list_sessions(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    let query = SessionQuery::parse(call.query)?;
    let sessions: Vec<_> = call.instance.ledger(|ledger, now| {
        ledger.sessions.iter(now).rev().filter(|session| query.matches(session)).collect()
    });
    let page: Vec<_> =
        sessions.iter().skip(query.offset).take(query.limit).map(Session::new).collect();
    Ok(if query.paginated {
        let page = Page { data: &page, total_count: sessions.len() };
        response::json(StatusCode::OK, &page)
    } else {
        response::json(StatusCode::OK, &page)
    })
}

/// A page of a list, in the shape that `paginated=true` asks for.
#[derive(Serialize)]
struct Page<'a> {
    data: &'a [Session<'a>],
    /// The number of sessions on all pages.
    total_count: usize,
}
