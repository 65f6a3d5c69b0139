//! Creates and revokes an actor token without async, with an emulator of Clerk.
//!
//! ```console
//! $ cargo run --example blocking --features blocking
//! ```
//!
//! A program like this one needs no runtime among its dependencies.
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::{error::Error, time::Duration};

use clerk_actor_tokens::{
    Actor, CreateActorToken, RetryConfig, SecretKey, UserId, blocking::Clerk,
};
use clerk_emulator::Emulator;

fn main() -> Result<(), Box<dyn Error>> {
    // For Clerk itself: `let clerk = Clerk::from_env()?;`
    let emulator = Emulator::builder().users(["user_1"]).start()?;
    let key = SecretKey::new(emulator.secret_key())?;
    let clerk = Clerk::builder(key).base_url(emulator.base_url()).build()?;

    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(UserId::new("user_1")?, actor);
    let call = clerk.actor_tokens().create(command).timeout(Duration::from_secs(5));
    let actor_token = call.send()?;
    println!("{} is {}", actor_token.id, actor_token.status);

    let call = clerk.actor_tokens().revoke(&actor_token.id).retries(RetryConfig::none());
    println!("{} is {}", actor_token.id, call.send()?.status);
    Ok(())
}
