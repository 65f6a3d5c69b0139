use serde::{Deserialize, Serialize};

use crate::{BoxError, response::ACTOR_TOKEN_ID, target};

/// The body of a create, as a handwritten client would model it.
#[derive(Serialize)]
pub(super) struct CreateBody {
    user_id: &'static str,
    actor: Actor,
    expires_in_seconds: u32,
}

#[derive(Serialize)]
struct Actor {
    sub: &'static str,
}

/// An actor token, as a handwritten client would model it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing all fields is part of the work")]
pub(super) struct ActorToken {
    object: Object,
    pub(super) id: String,
    pub(super) status: Status,
    user_id: String,
    actor: serde_json::Value,
    token: Option<String>,
    url: Option<String>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Object {
    ActorToken,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Pending,
    Accepted,
    Revoked,
}

impl CreateBody {
    pub(super) fn new() -> Self {
        Self {
            user_id: target::USER_ID,
            actor: Actor { sub: target::ACTOR_SUB },
            expires_in_seconds: target::EXPIRES_IN,
        }
    }
}

impl ActorToken {
    /// Returns the token if it is the expected one and has this status.
    pub(super) fn check(self, status: Status) -> Result<Self, BoxError> {
        if self.id == ACTOR_TOKEN_ID && self.status == status {
            Ok(self)
        } else {
            Err(format!("unexpected actor token: {} is {:?}", self.id, self.status).into())
        }
    }
}
