//! Creates and revokes an actor token with the default client, configured by the environment.

use std::time::Duration;

use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, Error, UserId};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let clerk = Clerk::from_env()?;

    let user = UserId::new("user_1")?;
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(user, actor).expires_in(Duration::from_secs(600));
    let actor_token = clerk.actor_tokens().create(command).await?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).await?;
    println!("{} is {}", revoked.id, revoked.status);
    Ok(())
}
