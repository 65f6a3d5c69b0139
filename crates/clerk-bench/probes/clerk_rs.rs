use clerk_rs::{
    apis::{actor_tokens_api::create_actor_token, configuration::Configuration},
    models::{CreateActorTokenRequest, CreateActorTokenRequestActor},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let configuration = Configuration::new(std::env::var("CLERK_SECRET_KEY")?);
    let actor = CreateActorTokenRequestActor::new("user_2".to_owned());
    let request = CreateActorTokenRequest::new("user_1".to_owned(), actor);
    println!("{}", create_actor_token(&configuration, Some(request)).await?.id);
    Ok(())
}
