//! The client on a reqwest builder that a company has already: its proxy, its certificates, its DNS
//! and its timeouts.
//!
//! Without settings, it creates and revokes a token with an emulator in this process:
//!
//! ```console
//! $ cargo run --example corporate_reqwest --features reqwest
//! ```
//!
//! With settings, it does so through them, with Clerk or with whatever `CLERK_API_URL` names:
//!
//! ```console
//! $ export CLERK_SECRET_KEY=sk_test_… CORPORATE_PROXY=http://user:password@proxy.example:3128
//! $ export CORPORATE_CA=ca.pem CLIENT_CERTIFICATE=client.pem
//! $ cargo run --example corporate_reqwest --features reqwest -- user_29w83sxmDNGwOuEthce5gg56FcC
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::{env, error::Error, fs, time::Duration};

use clerk_actor_tokens::{
    Actor, Clerk, ClerkBuilder, CreateActorToken, ReqwestTransport, SecretKey, UserId,
};
use clerk_emulator::Emulator;
use reqwest::{Certificate, ClientBuilder, Identity, Proxy};

/// Returns the builder that all programs of the company start from.
fn corporate_builder() -> Result<ClientBuilder, Box<dyn Error>> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(2))
        // Shorter than that of most servers, so that a create rarely meets a closed connection.
        .pool_idle_timeout(Duration::from_secs(4));
    if let Ok(proxy) = env::var("CORPORATE_PROXY") {
        builder = builder.proxy(Proxy::all(proxy)?);
    }
    if let Ok(path) = env::var("CORPORATE_CA") {
        builder = builder.tls_certs_only([Certificate::from_pem(&fs::read(path)?)?]);
    }
    if let Ok(path) = env::var("CLIENT_CERTIFICATE") {
        // The certificate and its key in one file.
        builder = builder.identity(Identity::from_pem(&fs::read(path)?)?);
    }
    Ok(builder)
}

/// Returns the builder of a client of Clerk, or of an emulator if there is no secret key.
fn clerk() -> Result<(ClerkBuilder, Option<Emulator>), Box<dyn Error>> {
    let Ok(key) = env::var("CLERK_SECRET_KEY") else {
        let emulator = Emulator::start()?;
        println!("CLERK_SECRET_KEY is not set: using an emulator at {}", emulator.base_url());
        let builder = Clerk::builder(SecretKey::new(emulator.secret_key())?);
        return Ok((builder.base_url(emulator.base_url()), Some(emulator)));
    };
    let builder = Clerk::builder(SecretKey::new(key)?);
    Ok(match env::var("CLERK_API_URL") {
        Ok(url) => (builder.base_url(url), None),
        Err(_) => (builder, None),
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // This example enables `rustls-no-provider`, which leaves the choice of cryptography to the
    // program. With reqwest's feature `rustls` or `native-tls`, there is nothing to install.
    let provider = clerk_actor_tokens::rustls::crypto::ring::default_provider();
    provider.install_default().map_err(|_| "another provider is installed")?;

    // The builder, and not a client: the transport switches off redirects, retries and
    // decompression, which a finished client no longer allows.
    let transport = ReqwestTransport::new(corporate_builder()?)?;
    // Kept until the end of `main`, because the emulator stops when it is dropped.
    let (builder, _emulator) = clerk()?;
    let clerk = builder.transport(transport).build()?;

    let user = env::args().nth(1).unwrap_or_else(|| "user_1".to_owned());
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let command = CreateActorToken::new(UserId::new(user)?, actor);
    let actor_token = clerk.actor_tokens().create(command).await?;
    println!("{} is {}", actor_token.id, actor_token.status);

    let revoked = clerk.actor_tokens().revoke(&actor_token.id).await?;
    println!("{} is {}", revoked.id, revoked.status);
    Ok(())
}
