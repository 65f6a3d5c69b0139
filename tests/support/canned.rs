use clerk_core::{Actor, CreateActorToken, UserId};
use serde_json::{Value, json};

/// The user that every actor impersonates.
pub const USER_ID: &str = "user_1";

/// The `sub` of every actor whose response is canned.
pub const SUB: &str = "user_support";

/// Returns the command that [`created`] is a response to, if the actor's `sub` is [`SUB`].
pub fn command(actor: Actor) -> CreateActorToken {
    CreateActorToken::new(UserId::new(USER_ID).unwrap(), actor)
}

/// Returns the body of a response to a create, with the token of this id.
pub fn created(id: &str) -> Value {
    let mut token = actor_token(id, "pending");
    token["token"] = json!("token_canary");
    token["url"] = json!("https://clerk.example.com/url_canary");
    token
}

/// Returns the body of a response to a revoke of the token of this id.
pub fn revoked(id: &str) -> Value {
    actor_token(id, "revoked")
}

fn actor_token(id: &str, status: &str) -> Value {
    json!({
        "object": "actor_token", "id": id, "status": status, "user_id": USER_ID,
        "actor": {"sub": SUB}, "token": null, "url": null,
        "created_at": 1_638_000_669_544_u64, "updated_at": 1_638_000_669_545_u64,
    })
}
