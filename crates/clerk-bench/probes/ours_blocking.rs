use clerk_actor_tokens::{Actor, CreateActorToken, UserId, blocking::Clerk};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_2")?);
    println!("{}", Clerk::from_env()?.actor_tokens().create(command).send()?.id);
    Ok(())
}
