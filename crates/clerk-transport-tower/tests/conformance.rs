//! The requirements of `HttpTransport`, over HTTP/1.1, for services that send to a server.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is wrong")]

use std::{convert::identity, time::Duration};

use clerk_core::HttpTransport;
use clerk_transport_conformance::Suite;
use clerk_transport_tower::{RequestBody, TowerTransport};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::runtime::Builder;
use tower::{ServiceBuilder, util::BoxCloneService};
use tower_http::trace::TraceLayer;

fn client() -> Client<HttpConnector, RequestBody> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn check<T: HttpTransport + 'static>(
    create: impl Fn() -> T + Send + Sync + 'static,
    configure: impl FnOnce(Suite) -> Suite,
) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    configure(Suite::new(create))
        .marks_progress()
        .run(|check| runtime.block_on(check))
        .assert_conformant();
}

#[test]
fn a_client_of_hyper_util_is_conformant() {
    check(|| TowerTransport::new(client()), identity);
}

#[test]
fn a_clone_keeps_the_limit() {
    check(
        || TowerTransport::new(client()).max_response_bytes(1000).clone(),
        |suite| suite.max_response_bytes(1000),
    );
}

#[test]
fn a_client_under_layers_is_conformant() {
    check(
        || {
            let layered = ServiceBuilder::new()
                .concurrency_limit(1)
                .timeout(Duration::from_secs(60))
                .layer(TraceLayer::new_for_http())
                .service(client());
            TowerTransport::new(layered)
        },
        identity,
    );
}

#[test]
fn a_boxed_service_that_is_not_sync_is_conformant() {
    check(|| TowerTransport::new(BoxCloneService::new(client())), identity);
}
