//! The requirements of `HttpTransport`, over HTTP/1.1.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is wrong")]

use clerk_transport_conformance::Suite;
use clerk_transport_reqwest::ReqwestTransport;
use reqwest::Client;
use tokio::runtime::Builder;

#[test]
fn a_default_client_is_conformant() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Suite::new(|| ReqwestTransport::new(Client::builder()).unwrap())
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}

#[test]
fn a_limit_of_its_own_is_kept() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Suite::new(|| ReqwestTransport::new(Client::builder()).unwrap().max_response_bytes(1000))
        .max_response_bytes(1000)
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}
