//! The core over a transport that fails: no client could be smaller.
use clerk_core::{
    Actor, ActorTokens, CreateActorToken, HttpRequest, HttpResponse, HttpTransport, SecretKey, Sent, TransportError,
    TransportErrorKind, UserId, async_trait,
};

struct Nowhere;

#[async_trait]
impl HttpTransport for Nowhere {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(TransportErrorKind::Config, "nowhere").with_sent(Sent::No))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let actor_tokens = ActorTokens::new(Nowhere, SecretKey::new(std::env::var("CLERK_SECRET_KEY")?)?);
    let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_2")?);
    println!("{}", actor_tokens.create(command).await?.id);
    Ok(())
}
