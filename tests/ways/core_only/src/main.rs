//! Creates and revokes an actor token with only the core, a custom transport and no runtime.

mod block_on;
mod socket_transport;

use std::{env, error::Error};

use clerk_core::{Actor, ActorTokens, CreateActorToken, SecretKey, UserId};

use crate::{block_on::block_on, socket_transport::SocketTransport};

fn main() -> Result<(), Box<dyn Error>> {
    let key = SecretKey::new(env::var("CLERK_SECRET_KEY")?)?;
    let base_url = format!("{}/v1", env::var("CLERK_API_URL")?);
    let actor_tokens = ActorTokens::builder(SocketTransport, key).base_url(base_url).build()?;

    let user = UserId::new("user_1")?;
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let actor_token = block_on(actor_tokens.create(CreateActorToken::new(user, actor)))?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let revoked = block_on(actor_tokens.revoke(&actor_token.id))?;
    println!("{} is {}", revoked.id, revoked.status);

    let error = block_on(actor_tokens.revoke(&actor_token.id)).expect_err("already revoked");
    println!("not pending: {}", error.is_not_pending());
    Ok(())
}
