#[derive(serde::Deserialize)]
struct ActorToken {
    id: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token: ActorToken = ureq::post("https://api.clerk.com/v1/actor_tokens")
        .header("authorization", format!("Bearer {}", std::env::var("CLERK_SECRET_KEY")?))
        .send_json(serde_json::json!({ "user_id": "user_1", "actor": { "sub": "user_2" } }))?
        .body_mut()
        .read_json()?;
    println!("{}", token.id);
    Ok(())
}
