//! Creates a token through the proxy that the environment names, and prints how it went.

use std::env;

use clerk_actor_tokens::{ActorTokens, Clerk, SecretKey};
use clerk_tests::{
    client::{client, command},
    fault_server::{FaultServer, Step},
    tls::{Authority, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(std::io::stderr)
        .init();
    let mode = env::args().nth(1).expect("a mode");
    if mode == "clients" {
        return build_clients();
    }
    let authority = Authority::new();
    let transport = HyperTransport::builder().tls_config(authority.client());
    let transport = if mode == "no_proxy" { transport.no_proxy() } else { transport };
    eprintln!("{transport:?}");
    let transport = transport.build().expect("valid settings");
    let https = FaultServer::start_with(
        &[],
        vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(Vec::new())],
    );
    let http = FaultServer::start(&[]);
    let (server, base_url) =
        if mode == "http" { (&http, http.http()) } else { (&https, https.https()) };
    let client: ActorTokens = client(base_url, transport);
    match client.create(command("one")).await {
        Ok(_) => println!("created, {} request", server.ledger().requests.len()),
        Err(error) => println!("failed: {error:?}, ambiguous: {}", error.is_ambiguous()),
    }
}

/// Builds clients in three ways, and prints whether each could be built.
fn build_clients() {
    let key = || SecretKey::new("sk_test_1").expect("a valid key");
    let direct = HyperTransport::builder().no_proxy().build().expect("valid settings");
    for client in [
        Clerk::from_env(),
        Clerk::builder(key()).build(),
        Clerk::builder(key()).transport(direct).build(),
    ] {
        println!("{}", client.map_or_else(|error| error.to_string(), |_| "built".to_owned()));
    }
}
