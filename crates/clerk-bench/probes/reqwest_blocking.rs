#[derive(serde::Deserialize)]
struct ActorToken {
    id: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token: ActorToken = reqwest::blocking::Client::new()
        .post("https://api.clerk.com/v1/actor_tokens")
        .bearer_auth(std::env::var("CLERK_SECRET_KEY")?)
        .json(&serde_json::json!({ "user_id": "user_1", "actor": { "sub": "user_2" } }))
        .send()?
        .json()?;
    println!("{}", token.id);
    Ok(())
}
