//! Every kind of failure, and what to do about each. It runs against an emulator of Clerk that is
//! told to misbehave.
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
        // One attempt each, so that every failure is seen as it is.
        Clerk::builder(SecretKey::new(key)?)
            .base_url(emulator.base_url())
            .retries(RetryConfig::none())
            .build()
    };
    let clerk = client(emulator.secret_key())?;

    for (what, fault) in [
        ("the plan lacks impersonation", Fault::plan_lacks_impersonation()),
        ("the quota is used up", Fault::quota_used_up()),
        ("too many requests", Fault::too_many_requests(2)),
        ("a gateway in between fails", Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>")),
        ("the connection is lost before the effect", Fault::drop_connection()),
        ("the response is lost after the effect", Fault::cut_response(20)),
    ] {
        emulator.inject(fault);
        report(what, create(&clerk, "user_1").await);
    }
    println!("tokens that exist now, although no call gave one: {}", emulator.tokens().len());

    report("there is no such user", create(&clerk, "user_2").await);
    report("the id could leave its path", create(&clerk, "../users/user_1/ban?").await);
    report("the key is not this server's", create(&client("sk_test_another")?, "user_1").await);
    let actor_token = create(&clerk, "user_1").await?;
    clerk.actor_tokens().revoke(&actor_token.id).await?;
    report("it is revoked already", clerk.actor_tokens().revoke(&actor_token.id).await);
    Ok(())
}

async fn create(clerk: &Clerk, user: &str) -> Result<ActorToken, Error> {
    let command = CreateActorToken::new(UserId::new(user)?, Actor::new("user_support")?);
    clerk.actor_tokens().create(command).await
}

fn report(what: &str, result: Result<ActorToken, Error>) {
    println!("{what}:");
    let Err(error) = result else { return println!("  nothing went wrong") };
    println!("  {error}");
    println!("  -> {}", advice(&error));
}

/// The questions in the order in which they matter.
fn advice(error: &Error) -> String {
    if error.is_ambiguous() {
        return match error.actor_token_id() {
            Some(id) => format!("revoke {id}: it may be live"),
            None => {
                "a live token may exist that nobody can name: tell whoever must know".to_owned()
            }
        };
    }
    if error.is_invalid_request() || error.is_not_found() {
        return "mend the input".to_owned();
    }
    if error.is_not_pending() {
        return "if somebody used it, end the session".to_owned();
    }
    if error.is_payment_required() {
        return "change the plan".to_owned();
    }
    if error.is_unauthorized() {
        return "mend the key".to_owned();
    }
    if error.is_rate_limited() {
        return format!("wait for {:?}", error.retry_after().unwrap_or_default());
    }
    match error {
        // A 422 that names no parameter: nothing here can be mended by sending something else.
        Error::Api(api) => {
            format!("ask Clerk, and name trace id {}", api.trace_id().unwrap_or("(none)"))
        }
        _ => "log it and try later".to_owned(),
    }
}
