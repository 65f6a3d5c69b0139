//! Creates and revokes an actor token through a reqwest builder, and fails over https.

use std::{env, error::Error, time::Duration};

use clerk_actor_tokens::{
    Actor, ActorTokenId, Clerk, CreateActorToken, ReqwestTransport, SecretKey, UserId,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let builder = reqwest::Client::builder().connect_timeout(Duration::from_secs(2));
    let transport = ReqwestTransport::new(builder)?;
    let key = SecretKey::new(env::var("CLERK_SECRET_KEY")?)?;
    let clerk = Clerk::builder(key.clone())
        .base_url(env::var("CLERK_API_URL")?)
        .transport(transport.clone())
        .timeout(Duration::from_secs(20))
        .build()?;

    let user = UserId::new("user_1")?;
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let actor_token = clerk.actor_tokens().create(CreateActorToken::new(user, actor)).await?;
    println!("{} is {} for {:?}", actor_token.id, actor_token.status, actor_token.actor);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).await?;
    println!("{} is {}", revoked.id, revoked.status);

    let over_https = Clerk::builder(key.clone()).transport(transport).build()?;
    let id = ActorTokenId::new("act_1")?;
    let error = over_https.actor_tokens().revoke(&id).await.expect_err("reqwest has no TLS");
    println!("{error:?}, {} attempt", error.attempts());

    println!("{}", Clerk::builder(key).build().expect_err("there is no transport"));
    Ok(())
}
