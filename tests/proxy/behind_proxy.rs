//! A program that creates a token over TLS from a server of its own, as its environment says: the way to the server may lead
//! through a proxy. It prints what came of it, and logs everything.
//!
//! It is a program of its own because an environment belongs to a process.

use std::env;

use clerk_core::ActorTokens;
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
    let authority = Authority::new();
    let way = env::args().nth(1).expect("a way");
    let transport = HyperTransport::builder().tls_config(authority.client());
    let transport = if way == "no_proxy" { transport.no_proxy() } else { transport };
    eprintln!("{transport:?}");
    let transport = transport.build().expect("the settings can work");
    let https =
        FaultServer::start_with(&[], vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(Vec::new())]);
    let http = FaultServer::start(&[]);
    let (server, base_url) = if way == "http" { (&http, http.http()) } else { (&https, https.https()) };
    let client: ActorTokens = client(base_url, transport);
    match client.create(command("one")).await {
        Ok(_) => println!("created, {} request", server.ledger().requests.len()),
        Err(error) => println!("failed: {error:?}"),
    }
    // Its scripts need not come to pass: one of the servers is not spoken to.
    std::mem::forget((https, http));
}
