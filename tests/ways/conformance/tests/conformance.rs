use clerk_transport_conformance::Suite;
use conformance::TokioTransport;
use tokio::runtime::Builder;

#[test]
fn the_transport_is_conformant() {
    let runtime = Builder::new_current_thread().enable_io().build().unwrap();
    Suite::new(|| TokioTransport)
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}
