use clerk_core::{
    Actor, ActorTokens, CreateActorToken, HttpRequest, HttpResponse, HttpTransport, SecretKey,
    Sent, TransportError, TransportErrorKind, UserId, async_trait,
};

/// A transport that always fails. No client could be smaller.
struct Nowhere;

#[async_trait]
impl HttpTransport for Nowhere {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(TransportErrorKind::Config, "nowhere").with_sent(Sent::No))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = SecretKey::new(std::env::var("CLERK_SECRET_KEY")?)?;
    let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_2")?);
    println!("{}", ActorTokens::new(Nowhere, key).create(command).await?.id);
    Ok(())
}
