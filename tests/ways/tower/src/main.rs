//! Creates and revokes an actor token through a tower stack.

use std::{env, error::Error, time::Duration};

use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, SecretKey, TowerTransport, UserId};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let layered =
        ServiceBuilder::new().concurrency_limit(16).timeout(Duration::from_secs(8)).service(client);
    let clerk = Clerk::builder(SecretKey::new(env::var("CLERK_SECRET_KEY")?)?)
        .base_url(env::var("CLERK_API_URL")?)
        .transport(TowerTransport::new(layered))
        .timeout(Duration::from_secs(20))
        .build()?;

    let user = UserId::new("user_1")?;
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let actor_token = clerk.actor_tokens().create(CreateActorToken::new(user, actor)).await?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).await?;
    println!("{} is {}", revoked.id, revoked.status);
    Ok(())
}
