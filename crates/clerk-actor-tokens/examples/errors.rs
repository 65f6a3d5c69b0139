//! Every kind of failure, and what to do about each, against an emulator that is told to misbehave.
//!
//! ```console
//! $ cargo run --example errors
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use clerk_actor_tokens::{
    Actor, ActorToken, Clerk, CreateActorToken, Error, RetryConfig, SecretKey, UserId,
};
use clerk_emulator::{Emulator, Fault};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().users(["user_1"]).start()?;
    let client = |key: &str| {
        // One attempt each, so that every failure is reported as it is.
        Clerk::builder(SecretKey::new(key)?)
            .base_url(emulator.base_url())
            .retries(RetryConfig::none())
            .build()
    };
    let clerk = client(emulator.secret_key())?;

    for (situation, fault) in [
        ("the plan lacks impersonation", Fault::plan_lacks_impersonation()),
        ("the quota is used up", Fault::quota_used_up()),
        ("too many requests", Fault::too_many_requests(2)),
        ("a gateway fails", Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>")),
        ("the connection is lost before the effect", Fault::drop_connection()),
        ("the response is lost after the effect", Fault::cut_response(20)),
    ] {
        emulator.inject(fault);
        report(situation, create(&clerk, "user_1").await);
    }
    println!("tokens that exist although every call failed: {}", emulator.tokens().len());

    report("the user does not exist", create(&clerk, "user_2").await);
    report("the id could leave its path", create(&clerk, "../users/user_1/ban?").await);
    report("the key is for another instance", create(&client("sk_test_other")?, "user_1").await);
    let actor_token = create(&clerk, "user_1").await?;
    clerk.actor_tokens().revoke(&actor_token.id).await?;
    report("the token is already revoked", clerk.actor_tokens().revoke(&actor_token.id).await);
    Ok(())
}

async fn create(clerk: &Clerk, user: &str) -> Result<ActorToken, Error> {
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    clerk.actor_tokens().create(CreateActorToken::new(UserId::new(user)?, actor)).await
}

fn report(situation: &str, result: Result<ActorToken, Error>) {
    println!("{situation}:");
    let Err(error) = result else { return println!("  nothing went wrong") };
    println!("  {error}");
    println!("  -> {}", advice(&error));
}

/// Asks the questions in the order in which they matter.
fn advice(error: &Error) -> String {
    if error.is_ambiguous() {
        return match error.actor_token_id() {
            Some(id) => format!("revoke {id}: it may be live"),
            None => {
                "alert whoever needs to know: a live token may exist that nobody can name".into()
            }
        };
    }
    if error.is_invalid_request() || error.is_not_found() {
        return "fix the input".to_owned();
    }
    if error.is_not_pending() {
        return "if somebody used it, `end_impersonation` ends the session".to_owned();
    }
    if error.is_payment_required() {
        return "change the plan".to_owned();
    }
    if error.is_quota_exceeded() {
        return "wait until next month, or change the plan".to_owned();
    }
    if error.is_unauthorized() {
        return "fix the key".to_owned();
    }
    if error.is_rate_limited() {
        return format!("wait for {:?}", error.retry_after().unwrap_or_default());
    }
    match error {
        Error::Api(api) => {
            format!("ask Clerk about trace id {}", api.trace_id().unwrap_or("(none)"))
        }
        _ => "log it and try again later".to_owned(),
    }
}
