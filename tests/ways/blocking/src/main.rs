//! Creates and revokes an actor token without async, configured by the environment.

use std::time::Duration;

use clerk_actor_tokens::{Actor, CreateActorToken, Error, UserId, blocking::Clerk};

fn main() -> Result<(), Error> {
    let clerk = Clerk::from_env()?;

    let user = UserId::new("user_1")?;
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(user, actor).expires_in(Duration::from_secs(600));
    let actor_token = clerk.actor_tokens().create(command).send()?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let call = clerk.actor_tokens().revoke(&actor_token.id).timeout(Duration::from_secs(5));
    let revoked = call.send()?;
    println!("{} is {}", revoked.id, revoked.status);
    Ok(())
}
