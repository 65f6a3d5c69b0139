use serde::Serialize;

use crate::state::{IssuedToken, RawJson};

/// An actor token in a response: `ActorToken` in Clerk's OpenAPI specification.
#[derive(Debug, Serialize)]
pub(crate) struct ActorToken<'a> {
    object: &'static str,
    id: &'a str,
    status: &'static str,
    user_id: &'a str,
    actor: RawJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    created_at: i64,
    updated_at: i64,
}

impl<'a> ActorToken<'a> {
    /// Returns the response to a create, the only one with the credentials.
    pub(crate) fn created(token: &'a IssuedToken) -> Self {
        Self { token: Some(&token.token), url: Some(&token.url), ..Self::revoked(token) }
    }

    /// Returns the response to a revoke.
    pub(crate) fn revoked(token: &'a IssuedToken) -> Self {
        Self {
            object: "actor_token",
            id: &token.id,
            status: token.status.as_str(),
            user_id: &token.user_id,
            actor: RawJson(&token.actor),
            token: None,
            url: None,
            created_at: token.created_at,
            updated_at: token.updated_at,
        }
    }
}
