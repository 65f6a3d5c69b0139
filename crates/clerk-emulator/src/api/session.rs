use serde::Serialize;

use crate::state::{self, RawJson};

/// A session in a response: `Session` in Clerk's OpenAPI specification.
#[derive(Debug, Serialize)]
pub(crate) struct Session<'a> {
    object: &'static str,
    id: &'a str,
    user_id: &'a str,
    client_id: &'a str,
    actor: Option<RawJson<'a>>,
    status: &'static str,
    last_active_organization_id: Option<&'a str>,
    last_active_at: i64,
    expire_at: i64,
    abandon_at: i64,
    created_at: i64,
    updated_at: i64,
}

impl<'a> Session<'a> {
    pub(crate) fn new(session: &'a state::Session) -> Self {
        Self {
            object: "session",
            id: &session.id,
            user_id: &session.user_id,
            client_id: &session.client_id,
            actor: session.actor.as_deref().map(RawJson),
            status: session.status.as_str(),
            last_active_organization_id: None,
            last_active_at: session.last_active_at,
            expire_at: session.expire_at,
            abandon_at: session.abandon_at,
            created_at: session.created_at,
            updated_at: session.updated_at,
        }
    }
}
