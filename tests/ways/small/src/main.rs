//! Creates and revokes an actor token over HTTP/1.1, without a proxy and without async.

use clerk_actor_tokens::{Actor, CreateActorToken, Error, UserId, blocking::Clerk};

fn main() -> Result<(), Error> {
    let clerk = Clerk::from_env()?;

    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(UserId::new("user_1")?, actor);
    let actor_token = clerk.actor_tokens().create(command).send()?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).send()?;
    println!("{} is {}", revoked.id, revoked.status);
    Ok(())
}
