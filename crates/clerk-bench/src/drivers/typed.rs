//! Request and answer as somebody would type them who has only serde: what the floor, reqwest and
//! the bare connection share.

use serde::{Deserialize, Serialize};

use crate::{Failure, answer::ID, target};

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

#[derive(Deserialize)]
#[expect(dead_code, reason = "a client reads all of it; this one does nothing with most")]
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
            actor: Actor { sub: target::ACTOR },
            expires_in_seconds: target::EXPIRES_IN,
        }
    }
}

impl ActorToken {
    /// Makes sure that the work was done.
    pub(super) fn check(self, status: Status) -> Result<Self, Failure> {
        if self.id == ID && self.status == status {
            Ok(self)
        } else {
            Err(format!("{} is {:?}", self.id, self.status).into())
        }
    }
}
