use clerk_core::{RetryConfig, Sent, TransportErrorKind};
use clerk_tests::{
    client::{client, transport_error},
    fault_case::FaultCase,
    fault_server::{FaultServer, Step},
    operation::Operation,
    tls::{Authority, HTTP_1},
};
use clerk_transport_reqwest::ReqwestTransport;
use clerk_transport_tower::TowerTransport;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rustls::{ClientConfig, version};

use crate::transports::builder;

fn over_reqwest(config: ClientConfig) -> ReqwestTransport {
    ReqwestTransport::new(builder().tls_backend_preconfigured(config)).unwrap()
}

fn over_tower(config: ClientConfig) -> impl clerk_core::HttpTransport + 'static {
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
    TowerTransport::new(Client::builder(TokioExecutor::new()).build(connector))
}

#[tokio::test]
async fn an_invalid_certificate_is_not_retried() {
    let (authority, unknown) = (Authority::new(), Authority::new());
    for (name, config) in [
        ("wrong name", authority.server_named("elsewhere.test", HTTP_1)),
        ("unknown root", unknown.server(HTTP_1)),
    ] {
        let script = vec![Step::Tls(config)];
        let case = FaultCase::unsent(name, script, TransportErrorKind::Tls).not_retried();
        case.check(|server| client(server.https(), over_reqwest(authority.client()))).await;
        case.check(|server| client(server.https(), over_tower(authority.client()))).await;
    }
}

#[tokio::test]
async fn the_roots_of_the_system_do_not_trust_an_unknown_authority() {
    let script = vec![Step::Tls(Authority::new().server(HTTP_1))];
    let case = FaultCase::unsent("system", script, TransportErrorKind::Tls).not_retried();
    case.check(|server| client(server.https(), ReqwestTransport::new(builder()).unwrap())).await;
}

#[tokio::test]
async fn a_server_without_tls_is_not_retried() {
    let authority = Authority::new();
    let script =
        vec![Step::ReadBytes(1), Step::write("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall];
    let case = FaultCase::unsent("plain HTTP", script, TransportErrorKind::Tls).not_retried();
    case.check(|server| client(server.https(), over_reqwest(authority.client()))).await;
    case.check(|server| client(server.https(), over_tower(authority.client()))).await;
}

#[tokio::test]
async fn a_client_certificate_is_sent_when_requested() {
    let authority = Authority::new();
    let config = authority.server_with_client_auth(&version::TLS13, HTTP_1);
    let server = FaultServer::start_with(&[], vec![Step::Tls(config), Step::Serve]);
    let client = client(server.https(), over_reqwest(authority.client_with_certificate()));
    for operation in Operation::BOTH {
        let call = operation.call(&client, "c").retries(RetryConfig::none());
        assert!(operation.is_response_to("c", &call.await.unwrap()));
    }
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 2));
}

#[tokio::test]
async fn a_missing_client_certificate_is_not_retried() {
    let authority = Authority::new();
    for version in [&version::TLS12, &version::TLS13] {
        for operation in Operation::BOTH {
            let config = authority.server_with_client_auth(version, HTTP_1);
            let server = FaultServer::start_with(&[], vec![Step::Tls(config), Step::Serve]);
            let client = client(server.https(), over_reqwest(authority.client()));
            let error = operation.call(&client, "c").await.unwrap_err();
            let inner = transport_error(&error);
            assert_eq!(inner.kind(), TransportErrorKind::Tls, "{error:?}");
            // With TLS 1.3 the client completes the handshake first, and may already have sent the
            // request when the server fails it.
            assert!(version == &version::TLS13 || inner.sent() == Sent::No, "{error:?}");
            assert_eq!((error.attempts(), server.ledger().requests.len()), (1, 0), "{error:?}");
        }
    }
}

#[tokio::test]
async fn https_over_a_connector_without_tls_is_a_configuration_error() {
    let server = FaultServer::start(&[]);
    let plain = TowerTransport::new(Client::builder(TokioExecutor::new()).build_http());
    let client = client(server.https(), plain);
    let error = Operation::Revoke.call(&client, "c").await.unwrap_err();
    assert_eq!(transport_error(&error).kind(), TransportErrorKind::Config, "{error:?}");
    assert_eq!((error.attempts(), server.ledger().connections), (1, 0), "{error:?}");
}
