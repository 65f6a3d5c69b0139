//! The main task: create an actor token, show what a support engineer needs, revoke it, and see a
//! second revoke refused.
//!
//! Without `CLERK_SECRET_KEY`, it starts an emulator of Clerk in this process:
//!
//! ```console
//! $ cargo run --example impersonate
//! ```
//!
//! With a key, it talks to Clerk. The user is real then, and so is the session:
//!
//! ```console
//! $ export CLERK_SECRET_KEY=sk_test_…
//! $ cargo run --example impersonate -- user_29w83sxmDNGwOuEthce5gg56FcC user_support --show-url
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::{error::Error, time::Duration};

use clerk_actor_tokens::{Actor, ActorToken, Clerk, CreateActorToken, SecretKey, UserId};
use clerk_emulator::Emulator;

const LIFETIME: Duration = Duration::from_secs(600);

const HELP: &str = "\
usage: impersonate [USER_ID [ACTOR]] [--show-url]

Creates an actor token, revokes it, and sees a second revoke refused: with an emulator of Clerk, or
with Clerk itself if CLERK_SECRET_KEY is set.

  USER_ID      the user to sign in as; user_1 with the emulator
  ACTOR        who signs in; user_support by default
  --show-url   print the URL that signs the actor in, which is a secret
  -h, --help   print this help";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (flags, names): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with('-'));
    let (mut show_url, mut help) = (false, false);
    for flag in &flags {
        match flag.as_str() {
            "--show-url" => show_url = true,
            "--help" | "-h" => help = true,
            _ => return Err(format!("unknown option {flag}; try --help").into()),
        }
    }
    if help {
        println!("{HELP}");
        return Ok(());
    }
    if names.len() > 2 {
        return Err("too many arguments; try --help".into());
    }

    // Kept until the end of `main`, because the emulator stops when it is dropped.
    let (clerk, _emulator) = client(&names)?;
    let user_id = UserId::new(names.first().map_or("user_1", String::as_str))?;
    let actor = Actor::new(names.get(1).map_or("user_support", String::as_str))?
        .with_claim("audit_id", "audit_4711")?;

    let command = CreateActorToken::new(user_id, actor).expires_in(LIFETIME);
    let actor_token = clerk.actor_tokens().create(command).await?;
    println!("created");
    show(&actor_token, show_url);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).await?;
    println!("revoked\n  id       {}\n  status   {}", revoked.id, revoked.status);

    match clerk.actor_tokens().revoke(&actor_token.id).await {
        Err(error) if error.is_not_pending() => {
            println!("refused the second time, as it should be\n  {error}");
        }
        Err(error) => return Err(error.into()),
        Ok(again) => {
            println!("revoked again: Clerk accepts that\n  status   {}", again.status);
        }
    }
    Ok(())
}

fn client(names: &[String]) -> Result<(Clerk, Option<Emulator>), Box<dyn Error>> {
    if std::env::var_os("CLERK_SECRET_KEY").is_some_and(|key| !key.is_empty()) {
        if names.is_empty() {
            return Err("with a real key, name the user: impersonate USER_ID [ACTOR]".into());
        }
        return Ok((Clerk::from_env()?, None));
    }
    let emulator = Emulator::start()?;
    println!("CLERK_SECRET_KEY is not set: using an emulator of Clerk at {}", emulator.base_url());
    let key = SecretKey::new(emulator.secret_key())?;
    Ok((Clerk::builder(key).base_url(emulator.base_url()).build()?, Some(emulator)))
}

fn show(actor_token: &ActorToken, show_url: bool) {
    println!("  id       {}", actor_token.id);
    println!("  status   {}", actor_token.status);
    println!("  for      {}", actor_token.user_id);
    println!("  by       {}", actor_token.actor.as_json());
    if let Some(created) = actor_token.created_at.to_system_time() {
        println!("  until    {}", httpdate::fmt_http_date(created + LIFETIME));
    }
    match &actor_token.url {
        Some(url) if show_url => println!("  url      {}", url.expose()),
        Some(_) => {
            println!("  url      (secret: whoever opens it is the user; use --show-url)");
        }
        None => println!("  url      (Clerk sent none)"),
    }
}
