use clerk_core::{Actor, CreateActorToken, UserId};
use serde_json::{Value, json};

use crate::operation::Operation;

/// The user in every canned response.
pub const USER_ID: &str = "user_1";

/// The `sub` of the actor in every canned response.
pub const SUB: &str = "user_support";

/// Returns a command that a canned response fits, as long as the actor's `sub` is [`SUB`].
pub fn command(actor: Actor) -> CreateActorToken {
    CreateActorToken::new(UserId::new(USER_ID).unwrap(), actor)
}

/// Returns the body of a successful response about the token with this id.
pub fn response(operation: Operation, id: &str) -> Value {
    let (status, token, url) = match operation {
        Operation::Create => {
            ("pending", json!("token_canary"), json!("https://clerk.example.com/url_canary"))
        }
        Operation::Revoke => ("revoked", json!(null), json!(null)),
    };
    json!({
        "object": "actor_token", "id": id, "status": status, "user_id": USER_ID,
        "actor": {"sub": SUB}, "token": token, "url": url,
        "created_at": 1_638_000_669_544_u64, "updated_at": 1_638_000_669_545_u64,
    })
}
