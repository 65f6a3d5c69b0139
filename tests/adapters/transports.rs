use std::{sync::Arc, time::Duration};

use clerk_actor_tokens::{HttpTransport, RequestBody, ReqwestTransport, TowerTransport};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use reqwest::ClientBuilder;
use rustls::crypto::ring;
use tower::{ServiceBuilder, util::BoxCloneService};

/// Returns a builder of reqwest, for which cryptography is installed.
pub(crate) fn builder() -> ClientBuilder {
    // Another test may have installed it.
    let _installed = ring::default_provider().install_default();
    reqwest::Client::builder()
}

fn hyper_util() -> Client<HttpConnector, RequestBody> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Returns a transport of each kind.
pub(crate) fn all() -> [(&'static str, Arc<dyn HttpTransport>); 4] {
    let layered = ServiceBuilder::new()
        .concurrency_limit(2)
        .timeout(Duration::from_secs(3600))
        .service(hyper_util());
    [
        ("tower", Arc::new(TowerTransport::new(hyper_util()))),
        ("layered", Arc::new(TowerTransport::new(layered))),
        ("boxed", Arc::new(TowerTransport::new(BoxCloneService::new(hyper_util())))),
        ("reqwest", Arc::new(ReqwestTransport::new(builder()).unwrap())),
    ]
}
