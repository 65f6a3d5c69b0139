//! A program that creates a token over TLS from a server of its own, as its environment says: the
//! way to the server may lead through a proxy. It prints what came of it, and logs everything. Or
//! it only makes clients, and prints which it could make.
//!
//! It is a program of its own because an environment belongs to a process.

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
    let way = env::args().nth(1).expect("a way");
    if way == "clients" {
        return clients();
    }
    let authority = Authority::new();
    let transport = HyperTransport::builder().tls_config(authority.client());
    let transport = if way == "no_proxy" { transport.no_proxy() } else { transport };
    eprintln!("{transport:?}");
    let transport = transport.build().expect("the settings can work");
    let https = FaultServer::start_with(
        &[],
        vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(Vec::new())],
    );
    let http = FaultServer::start(&[]);
    let (server, base_url) =
        if way == "http" { (&http, http.http()) } else { (&https, https.https()) };
    let client: ActorTokens = client(base_url, transport);
    match client.create(command("one")).await {
        Ok(_) => println!("created, {} request", server.ledger().requests.len()),
        Err(error) => println!("failed: {error:?}, ambiguous: {}", error.is_ambiguous()),
    }
    // Its scripts need not come to pass: one of the servers is not spoken to.
    std::mem::forget((https, http));
}

fn clients() {
    let key = || SecretKey::new("sk_test_1").expect("a key");
    let straight = HyperTransport::builder().no_proxy().build().expect("the settings can work");
    for client in [
        Clerk::from_env(),
        Clerk::builder(key()).build(),
        Clerk::builder(key()).transport(straight).build(),
    ] {
        println!("{}", client.map_or_else(|error| error.to_string(), |_| "made".to_owned()));
    }
}
