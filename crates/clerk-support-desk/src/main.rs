//! Serves the support desk: with Clerk if `CLERK_SECRET_KEY` is set, and otherwise with an emulator
//! of Clerk in this process.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `CLERK_SECRET_KEY` | the secret key; `CLERK_API_URL` and `CLERK_API_VERSION` apply as well | none: an emulator |
//! | `SUPPORT_DESK_ADDRESS` | where to listen | `127.0.0.1:3000` |
//! | `SUPPORT_DESK_DATABASE` | the file with the audit table | `support-desk.sqlite3`; with the emulator, in memory |
//! | `SUPPORT_DESK_ENGINEER` | who is always at this desk, without a proxy that signs people in | none; with the emulator, `user_support` |

use std::env;

use axum::BoxError;
use clerk_actor_tokens::{Clerk, SecretKey, TokioTimer};
use clerk_emulator::Emulator;
use clerk_support_desk::{Desk, SignIn, Store, app};
use tokio::{net::TcpListener, signal};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().init();
    let setting = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let engineer = setting("SUPPORT_DESK_ENGINEER");
    let database = setting("SUPPORT_DESK_DATABASE");

    let emulator = setting("CLERK_SECRET_KEY").is_none().then(Emulator::start).transpose()?;
    let (clerk, database, engineer) = match &emulator {
        None => (Clerk::from_env()?, database.unwrap_or("support-desk.sqlite3".into()), engineer),
        Some(emulator) => {
            tracing::warn!("CLERK_SECRET_KEY is not set: an emulator stands in for Clerk");
            let clerk = Clerk::builder(SecretKey::new(emulator.secret_key())?);
            let clerk = clerk.base_url(emulator.base_url()).build()?;
            let engineer = engineer.unwrap_or("user_support".into());
            (clerk, database.unwrap_or(":memory:".into()), Some(engineer))
        }
    };

    let desk = Desk::new(Store::open(database)?, clerk.actor_tokens().clone(), TokioTimer);
    let sign_in = engineer.map_or(SignIn::Proxy, SignIn::Always);
    let address = setting("SUPPORT_DESK_ADDRESS").unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    tracing::info!("the desk is at http://{}", listener.local_addr()?);
    let stop = async { signal::ctrl_c().await.unwrap_or_default() };
    axum::serve(listener, app(desk, sign_in)).with_graceful_shutdown(stop).await?;
    Ok(())
}
