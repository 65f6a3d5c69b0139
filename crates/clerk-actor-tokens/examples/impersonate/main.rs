//! The main task, from its beginning to its end: create an actor token, hand its link over, see who
//! is signed in as whom, and end the impersonation.
//!
//! Without `CLERK_SECRET_KEY`, it starts an emulator of Clerk in this process, and opens the link
//! as the support engineer would:
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

mod support_engineer;

use std::{error::Error, time::Duration};

use clerk_actor_tokens::{
    Actor, ActorToken, Clerk, CreateActorToken, EndImpersonation, EndedImpersonation, EndedToken,
    SecretKey, SessionId, UserId,
};
use clerk_emulator::Emulator;

const LIFETIME: Duration = Duration::from_secs(600);

const HELP: &str = "\
usage: impersonate [USER_ID [ACTOR]] [--show-url]

Creates an actor token, lets its link be used, and ends the impersonation: with an emulator of
Clerk, or with Clerk itself if CLERK_SECRET_KEY is set.

  USER_ID      the user to sign in as; user_1 with the emulator
  ACTOR        who signs in; user_support by default
  --show-url   print the URL that signs the actor in, which is a secret, and with Clerk itself wait
               until it has been opened
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

    let (clerk, emulator) = client(&names)?;
    let user_id = UserId::new(names.first().map_or("user_1", String::as_str))?;
    // The id of a row in your audit table. It tells this impersonation from all others.
    let actor = Actor::new(names.get(1).map_or("user_support", String::as_str))?
        .with_claim("audit_id", "audit_4711")?;

    let command = CreateActorToken::new(user_id.clone(), actor.clone()).expires_in(LIFETIME);
    let actor_token = clerk.actor_tokens().create(command).await?;
    println!("created");
    show(&actor_token, show_url);

    let session_id = match (&emulator, &actor_token.url) {
        (Some(emulator), Some(url)) => Some(sign_in(emulator, url.expose()).await?),
        (None, Some(_)) if show_url => {
            println!("open the URL, and then press Enter here to end the impersonation");
            std::io::stdin().read_line(&mut String::new())?;
            None
        }
        _ => None,
    };

    let command = EndImpersonation::new(actor_token.id, user_id, actor);
    let ended = clerk.actor_tokens().end_impersonation(command.clone()).await?;
    println!("ended");
    show_ended(&ended);
    if let (Some(emulator), Some(id)) = (&emulator, session_id) {
        let session = emulator.session(id.as_str()).ok_or("the session is forgotten")?;
        println!("gone\n  session  {id} is {}", session.status);
    }

    let again = clerk.actor_tokens().end_impersonation(command).await?;
    println!("ended again, which changes nothing");
    show_ended(&again);
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

/// Lets the support engineer open the link, and shows what the application sees then.
async fn sign_in(emulator: &Emulator, url: &str) -> Result<SessionId, Box<dyn Error>> {
    let session_token = support_engineer::open(url).await?;
    let claims = support_engineer::verify(&session_token, &emulator.jwks())?;
    println!("used: the support engineer has opened the link");
    println!("  session  {}", claims.sid);
    println!("  user     {}", claims.sub);
    match claims.act {
        Some(actor) => println!("  act      {}", actor.claims().as_json()),
        None => println!("  act      (none: this is the user)"),
    }
    Ok(claims.sid)
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

fn show_ended(ended: &EndedImpersonation) {
    let token = match ended.token {
        EndedToken::Revoked => "revoked before anybody used it",
        _ => "not pending any more",
    };
    println!("  token    {token}");
    match &ended.sessions[..] {
        [] => println!("  sessions (none was live)"),
        ended => ended.iter().for_each(|session| println!("  session  {session}")),
    }
}
