use clerk_actor_tokens::ReqwestTransport;
use clerk_transport_conformance::Suite;
use tokio::runtime::Builder;

use crate::transports::builder;

#[test]
fn a_reqwest_client_is_conformant() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Suite::new(|| ReqwestTransport::new(builder()).unwrap())
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}

#[test]
fn a_limit_of_its_own_is_kept() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Suite::new(|| ReqwestTransport::new(builder()).unwrap().max_response_bytes(1000))
        .max_response_bytes(1000)
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}
