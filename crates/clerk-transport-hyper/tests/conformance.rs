//! The requirements of `HttpTransport`, over HTTP/1.1.

use clerk_transport_conformance::Suite;
use clerk_transport_hyper::HyperTransport;
use tokio::runtime::Builder;

#[test]
fn the_default_transport_is_conformant_over_http1() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Suite::new(HyperTransport::new)
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}

#[test]
fn a_limit_of_its_own_is_kept() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let limit = 1000;
    Suite::new(move || HyperTransport::builder().max_response_bytes(limit).build().unwrap())
        .max_response_bytes(limit)
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}
