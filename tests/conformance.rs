//! The requirements of `HttpTransport`, checked against every transport of this repository that
//! uses a network.

#[allow(dead_code, reason = "only the transport of this program is used here")]
#[path = "../crates/clerk-actor-tokens/examples/own_transport.rs"]
mod own_transport;

use std::{fs, sync::Arc};

use clerk_core::{HttpRequest, HttpTransport};
use clerk_tests::socket_server::SocketServer;
use clerk_transport_conformance::{Report, Requirement, Suite};
use clerk_transport_hyper::{HyperTransport, TokioTimer};
use clerk_transport_mock::FaultyTransport;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn run(suite: Suite) -> Report {
    let runtime = runtime();
    suite.run(|check| runtime.block_on(check))
}

#[test]
fn the_default_transport_is_conformant_however_it_is_shared() {
    run(Suite::new(|| Arc::new(HyperTransport::new()) as Arc<dyn HttpTransport>).marks_progress())
        .assert_conformant();
    run(Suite::new(|| Box::new(HyperTransport::new()) as Box<dyn HttpTransport>).marks_progress())
        .assert_conformant();
}

#[test]
fn a_faulty_transport_without_faults_is_conformant() {
    let create = || FaultyTransport::new(HyperTransport::new(), TokioTimer);
    run(Suite::new(create).marks_progress()).assert_conformant();
}

#[test]
fn the_example_of_a_blocking_transport_is_conformant_as_far_as_it_can_be() {
    const REASON: &str = "the program has nothing else to do while it waits";
    let suite = Suite::new(|| own_transport::OneConnectionEach)
        .waive(Requirement::ThreadIsNotBlocked, REASON)
        .waive(Requirement::DroppedCallEnds, REASON);
    run(suite).assert_conformant();
}

#[test]
fn debug_shows_nothing_that_a_transport_sent() {
    let server = SocketServer::start("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncanary");
    let hyper = HyperTransport::new();
    let faulty = FaultyTransport::new(hyper.clone(), TokioTimer);
    let mut request = HttpRequest::new("body_canary".into());
    *request.uri_mut() = format!("http://{}/path_canary", server.address()).parse().unwrap();
    request.headers_mut().insert("authorization", "canary".parse().unwrap());
    request.headers_mut().insert("content-length", 11.into());
    runtime().block_on(faulty.send(request)).unwrap();
    assert_eq!(server.stop().len(), 1);
    let shown = format!("{hyper:?} {hyper:#?} {faulty:?} {faulty:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}

/// Returns what is bold in each line that begins like this.
fn bold(source: &str, start: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| line.starts_with(start));
    let bold = lines.filter_map(|line| line.split("**").nth(1));
    // Links and full stops aside.
    bold.map(|bold| bold.replace(['[', ']'], "").trim_end_matches('.').to_owned()).collect()
}

#[test]
fn the_requirements_are_those_of_the_port_in_the_same_order() {
    let read = |path: &str| {
        fs::read_to_string(format!("{}/../crates/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let names: Vec<_> = Requirement::ALL.iter().map(ToString::to_string).collect();
    let port = read("clerk-core/src/port/http_transport.rs");
    assert_eq!(bold(&port, "/// - **"), names);

    let readme = read("clerk-transport-conformance/README.md");
    assert_eq!(bold(&readme, "| `"), names);
    let variants: Vec<_> = readme.lines().filter_map(|line| line.strip_prefix("| `")).collect();
    let variants: Vec<_> = variants.iter().map(|line| line.split('`').next().unwrap()).collect();
    // The first line is the head of the table.
    let expected: Vec<_> = Requirement::ALL.iter().map(|one| format!("{one:?}")).collect();
    assert_eq!(variants[1..], expected);
}
