//! Requests are served only if every host that they name is loopback.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use clerk_emulator::{Emulator, Fault};
use http_client::{FORM, Response, create, exchange};

/// Sends a create with this target, this version and these `Host` headers.
fn create_with(emulator: &Emulator, target: &str, version: &str, hosts: &[&str]) -> Response {
    let hosts: Vec<_> = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
    let request = format!(
        "POST {target} {version}\r\n{}Connection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{FORM}",
        hosts.concat(),
        emulator.secret_key(),
        FORM.len(),
    );
    exchange(emulator, request.as_bytes()).unwrap()
}

/// Checks that a create is served.
#[track_caller]
fn assert_served(target: &str, version: &str, hosts: &[&str]) {
    let emulator = Emulator::start().unwrap();
    let response = create_with(&emulator, target, version, hosts);
    assert_eq!(response.status(), 200, "{target} {version} {hosts:?}");
}

/// Checks that a create is refused, and that it neither counts nor takes a fault.
#[track_caller]
fn assert_refused(target: &str, version: &str, hosts: &[&str]) {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::drop_connection());
    let response = create_with(&emulator, target, version, hosts);
    assert_eq!(response.status(), 421, "{target} {version} {hosts:?}");
    assert_eq!(response.code(), "emulator_host_not_loopback");
    assert_eq!((emulator.requests(), emulator.faults_fired()), (0, 0));
    assert!(emulator.tokens().is_empty());
}

const PATH: &str = "/v1/actor_tokens";

#[test]
fn a_loopback_host_is_served() {
    for host in ["localhost", "LOCALHOST.:4000", "127.0.0.1:1", "127.1.2.3", "[::1]:4000"] {
        assert_served(PATH, "HTTP/1.1", &[host]);
        assert_served(PATH, "HTTP/1.0", &[host]);
    }
}

#[test]
fn any_other_host_is_refused() {
    for host in ["evil.example", "emulator:4000", "0.0.0.0:4000", "evil@localhost", "löcalhost", ""]
    {
        assert_refused(PATH, "HTTP/1.1", &[host]);
        assert_refused(PATH, "HTTP/1.0", &[host]);
    }
}

#[test]
fn only_http_1_0_may_name_no_host() {
    assert_served(PATH, "HTTP/1.0", &[]);
    assert_refused(PATH, "HTTP/1.1", &[]);
}

#[test]
fn every_one_of_several_hosts_counts() {
    assert_served(PATH, "HTTP/1.1", &["localhost:4000", "127.0.0.1:4000"]);
    assert_refused(PATH, "HTTP/1.1", &["localhost", "evil.example"]);
    assert_refused(PATH, "HTTP/1.1", &["evil.example", "localhost"]);
}

#[test]
fn the_host_in_the_target_counts_too() {
    let target = |authority: &str| format!("http://{authority}{PATH}");
    assert_served(&target("127.0.0.1:4000"), "HTTP/1.1", &["localhost"]);
    assert_served(&target("localhost"), "HTTP/1.0", &[]);
    assert_refused(&target("evil.example"), "HTTP/1.1", &["localhost"]);
    assert_refused(&target("evil.example"), "HTTP/1.0", &[]);
    assert_refused(&target("user@localhost"), "HTTP/1.1", &["localhost"]);
    assert_refused(&target("localhost"), "HTTP/1.1", &["evil.example"]);
}

#[test]
fn a_refused_body_is_read_to_its_end() {
    let emulator = Emulator::start().unwrap();
    let body = " ".repeat(4 * 1024 * 1024);
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    );
    assert_eq!(exchange(&emulator, request.as_bytes()).unwrap().status(), 421);
    assert_eq!(create(&emulator).status(), 200);
}
