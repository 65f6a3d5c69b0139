use std::{
    future::Future,
    pin::pin,
    slice,
    task::{Context, Waker},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    ActorTokens, RetryConfig, Sent,
    TransportErrorKind::{self, Connect, Incomplete, Io, Tls},
};
use clerk_tests::{
    client::{client, immediate_retries, transport_error},
    fault_case::FaultCase,
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::{HyperTransport, rustls::version};
use tokio::task::JoinSet;

/// Returns a fatal alert, which TLS 1.2 and TLS 1.3 frame alike.
const fn alert(description: u8) -> [u8; 7] {
    [0x15, 3, 3, 0, 2, 2, description]
}

/// An `internal_error` alert.
const ALERT: [u8; 7] = alert(80);

/// Returns a function that creates clients that trust this authority.
fn trusting(authority: &Authority) -> impl Fn(&FaultServer) -> ActorTokens + '_ {
    |server| client(server.https(), authority.transport())
}

#[tokio::test]
async fn an_invalid_certificate_is_not_retried() {
    let (authority, unknown) = (Authority::new(), Authority::new());
    for protocols in [HTTP_1, HTTP_2] {
        // The handshake fails on both sides, so that no step follows it.
        for (name, config) in [
            ("wrong name", authority.server_named("elsewhere.test", protocols)),
            ("unknown root", unknown.server(protocols)),
        ] {
            let case = FaultCase::unsent(name, vec![Step::Tls(config)], Tls).not_retried();
            case.check(trusting(&authority)).await;
        }
    }
}

#[tokio::test]
async fn the_bundled_roots_do_not_trust_an_unknown_authority() {
    let config = Authority::new().server(HTTP_1);
    let case = FaultCase::unsent("bundled roots", vec![Step::Tls(config)], Tls).not_retried();
    case.check(|server| client(server.https(), HyperTransport::new())).await;
}

#[tokio::test]
async fn an_alert_during_the_handshake_is_not_retried() {
    let authority = Authority::new();
    // handshake_failure, protocol_version, unrecognized_name, no_application_protocol
    for description in [40, 70, 112, 120] {
        let script = vec![
            Step::ReadBytes(1),
            Step::Write(Bytes::copy_from_slice(&alert(description))),
            Step::Stall,
        ];
        FaultCase::unsent("alert", script, Tls).not_retried().check(trusting(&authority)).await;
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_retried() {
    let authority = Authority::new();
    let script =
        vec![Step::ReadBytes(1), Step::write("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall];
    FaultCase::unsent("plain HTTP", script, Tls).not_retried().check(trusting(&authority)).await;
}

#[tokio::test]
async fn a_handshake_that_is_closed_or_reset_is_retried() {
    let authority = Authority::new();
    for end in [Step::Close, Step::Reset] {
        for bytes in [1, 50] {
            let script = vec![Step::ReadBytes(bytes), end.clone()];
            check_retried(&authority, script).await;
        }
    }
}

/// Checks that this script sent nothing and is retried, on a server whose later connections use
/// TLS.
async fn check_retried(authority: &Authority, script: Script) {
    let config = authority.server(HTTP_1);
    for operation in Operation::BOTH {
        for (retries, faults, succeeds) in [
            (RetryConfig::none(), 1, false),
            (immediate_retries(), 1, true),
            (immediate_retries(), 3, false),
        ] {
            let scripts = vec![script.clone(); faults];
            let server =
                FaultServer::start_with(&scripts, vec![Step::Tls(config.clone()), Step::Serve]);
            let result = operation.call(&trusting(authority)(&server), "c").retries(retries).await;
            server.until_played().await;
            let ledger = server.ledger();
            assert_eq!(ledger.requests.len(), usize::from(succeeds));
            assert_eq!(ledger.connections, faults + usize::from(succeeds));
            if succeeds {
                assert!(operation.is_response_to("c", &result.unwrap()));
            } else {
                let error = result.unwrap_err();
                let inner = transport_error(&error);
                assert_eq!((inner.kind(), inner.sent()), (Connect, Sent::No), "{error:?}");
                assert!(!error.is_ambiguous() && error.attempts() as usize == faults);
            }
        }
    }
}

#[tokio::test]
async fn a_tls_connection_that_ends_before_the_response_is_ambiguous() {
    let authority = Authority::new();
    let config = authority.server(HTTP_1);
    // Unlike `Close`, `Fin` sends no `close_notify`, so that TLS knows that the connection was cut.
    for (end, kind) in [(Step::Close, Incomplete), (Step::Fin, Incomplete), (Step::Reset, Io)] {
        for cut in [0, 30, 200] {
            for operation in Operation::BOTH {
                let script = vec![
                    Step::Tls(config.clone()),
                    Step::Read,
                    Step::RespondInPart(cut),
                    end.clone(),
                ];
                let server = FaultServer::start_with(
                    &[script],
                    vec![Step::Tls(config.clone()), Step::Serve],
                );
                let client = trusting(&authority)(&server);
                check_ambiguous(operation, &client, &server, kind, &format!("{end:?} {cut}")).await;
            }
        }
    }
}

/// Makes a call whose connection breaks: a create is ambiguous, and a revoke is retried.
async fn check_ambiguous(
    operation: Operation,
    client: &ActorTokens,
    server: &FaultServer,
    kind: TransportErrorKind,
    context: &str,
) {
    let before = server.ledger().requests.len();
    let result = operation.call(client, "c").await;
    server.until_played().await;
    let requests = server.ledger().requests.len() - before;
    match operation {
        Operation::Revoke => {
            assert!(operation.is_response_to("c", &result.unwrap()));
            assert_eq!(requests, 2, "{context}");
        }
        Operation::Create => {
            let error = result.unwrap_err();
            let inner = transport_error(&error);
            assert_eq!((inner.kind(), inner.sent()), (kind, Sent::Maybe), "{context}: {error:?}");
            assert!(error.is_ambiguous() && error.attempts() == 1);
            assert_eq!(requests, 1, "{context}");
        }
    }
}

#[tokio::test]
async fn tls_that_breaks_after_the_handshake_is_an_io_error() {
    let authority = Authority::new();
    // An alert in the clear is invalid once TLS is established.
    let over_http1 =
        [Step::Read, Step::Respond, Step::Read, Step::WriteBelowTls(&ALERT), Step::Stall];
    let over_http2 = [Step::Http2(vec![Stream::Respond, Stream::WriteBelowTls(&ALERT)])];
    for (protocols, breaks, serve) in
        [(HTTP_1, &over_http1[..], Step::Serve), (HTTP_2, &over_http2, Step::Http2(Vec::new()))]
    {
        for operation in Operation::BOTH {
            let tls = [Step::Tls(authority.server(protocols))];
            let server = FaultServer::start_with(
                &[[&tls[..], breaks].concat()],
                [&tls[..], slice::from_ref(&serve)].concat(),
            );
            let client = trusting(&authority)(&server);
            operation.call(&client, "first").await.unwrap();
            check_ambiguous(operation, &client, &server, Io, "TLS breaks").await;
        }
    }
}

#[tokio::test]
async fn a_missing_client_certificate_is_not_retried_by_calls_that_waited() {
    let authority = Authority::new();
    for protocols in [HTTP_1, HTTP_2] {
        let config = authority.server_with_client_auth(&version::TLS13, protocols);
        let server = FaultServer::start_with(&[], vec![Step::Tls(config), Step::Serve]);
        let client = trusting(&authority)(&server);
        let mut running = JoinSet::new();
        for n in 0..30 {
            running.spawn(Operation::Revoke.call(&client, &format!("c{n}")));
        }
        for result in running.join_all().await {
            let error = result.unwrap_err();
            assert_eq!((transport_error(&error).kind(), error.attempts()), (Tls, 1), "{error:?}");
        }
        assert_eq!(server.ledger().requests.len(), 0);
    }
}

#[tokio::test]
async fn a_client_certificate_is_sent_when_requested() {
    let authority = Authority::new();
    for version in [&version::TLS12, &version::TLS13] {
        for protocols in [HTTP_1, HTTP_2] {
            let config = authority.server_with_client_auth(version, protocols);
            let serve = if protocols == HTTP_1 { Step::Serve } else { Step::Http2(Vec::new()) };
            let server = FaultServer::start_with(&[], vec![Step::Tls(config), serve]);
            let transport =
                HyperTransport::builder().tls_config(authority.client_with_certificate());
            let client = client(server.https(), transport.build().unwrap());
            for operation in Operation::BOTH {
                let call = operation.call(&client, "c").retries(RetryConfig::none());
                assert!(operation.is_response_to("c", &call.await.unwrap()));
            }
            assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 2));
        }
    }
}

#[tokio::test]
async fn a_missing_client_certificate_is_not_retried() {
    let authority = Authority::new();
    for version in [&version::TLS12, &version::TLS13] {
        for protocols in [HTTP_1, HTTP_2] {
            let config = authority.server_with_client_auth(version, protocols);
            for operation in Operation::BOTH {
                for _ in 0..5 {
                    let server =
                        FaultServer::start_with(&[], vec![Step::Tls(config.clone()), Step::Serve]);
                    let error =
                        operation.call(&trusting(&authority)(&server), "c").await.unwrap_err();
                    let inner = transport_error(&error);
                    assert_eq!(inner.kind(), Tls, "{error:?}");
                    // With TLS 1.3 the client completes the handshake first, and may already have
                    // sent the request when the server fails it.
                    assert!(version == &version::TLS13 || inner.sent() == Sent::No, "{error:?}");
                    assert_eq!(error.is_ambiguous(), inner.sent() == Sent::Maybe);
                    assert_eq!(error.attempts(), 1, "{error:?}");
                    let ledger = server.ledger();
                    assert_eq!((ledger.connections, ledger.requests.len()), (1, 0), "{error:?}");
                }
            }
        }
    }
}

/// Makes this many calls at once with a new client, and returns how many connections it made.
async fn cold_burst(calls: usize, protocols: &[&[u8]], serve: Step) -> usize {
    let authority = Authority::new();
    let config = authority.server(protocols);
    let server = FaultServer::start_with(&[], vec![Step::Tls(config), serve]);
    let client = trusting(&authority)(&server);
    let mut running = JoinSet::new();
    for n in 0..calls {
        let (operation, name) = (Operation::BOTH[n % 2], format!("c{n}"));
        let call = operation.call(&client, &name).retries(RetryConfig::none());
        running.spawn(async move {
            assert!(operation.is_response_to(&name, &call.await.unwrap()), "{name}");
        });
    }
    running.join_all().await;
    assert_eq!(server.ledger().requests.len(), calls);
    server.ledger().connections
}

#[tokio::test]
async fn nine_hundred_cold_calls_over_http2_make_one_connection() {
    assert_eq!(cold_burst(900, HTTP_2, Step::Http2(Vec::new())).await, 1);
}

#[tokio::test]
async fn hundreds_of_cold_calls_over_http1_make_several_connections() {
    let connections = cold_burst(200, HTTP_1, Step::Serve).await;
    assert!((2..=200).contains(&connections), "{connections}");
}

#[tokio::test]
async fn a_first_connection_that_fails_fails_all_calls_that_waited() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[vec![Step::ReadBytes(1), Step::Hold, Step::Close]]);
        let authority = Authority::new();
        let client = trusting(&authority)(&server);
        let mut running = JoinSet::new();
        for n in 0..50 {
            running.spawn(operation.call(&client, &format!("c{n}")).retries(RetryConfig::none()));
        }
        // By now all calls are waiting: one for the handshake, the others for that one.
        server.until(|ledger| ledger.pending_steps <= 1).await;
        server.release();
        for result in running.join_all().await {
            let error = result.unwrap_err();
            let inner = transport_error(&error);
            assert_eq!((inner.kind(), inner.sent()), (Connect, Sent::No));
            assert!(!error.is_ambiguous() && error.attempts() == 1);
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 0));
    }
}

#[tokio::test]
async fn no_call_waits_for_a_first_call_that_was_dropped() {
    let authority = Authority::new();
    for (protocols, serve) in [(HTTP_1, Step::Serve), (HTTP_2, Step::Http2(Vec::new()))] {
        for operation in Operation::BOTH {
            let rest = vec![Step::Tls(authority.server(protocols)), serve.clone()];
            let server = FaultServer::start_with(&[vec![Step::ReadBytes(1), Step::Stall]], rest);
            let client = trusting(&authority)(&server);
            let first = tokio::spawn(operation.call(&client, "first"));
            server.until_played().await;
            let second = tokio::spawn(operation.call(&client, "second"));
            let third = tokio::spawn(operation.call(&client, "third"));
            tokio::task::yield_now().await;
            first.abort();
            assert!(first.await.unwrap_err().is_cancelled());
            for (name, call) in [("second", second), ("third", third)] {
                assert!(operation.is_response_to(name, &call.await.unwrap().unwrap()));
            }
            let ledger = server.ledger();
            assert_eq!(ledger.count(operation, "first"), 0);
            assert!(
                (2..=3).contains(&ledger.connections) && ledger.requests.len() == 2,
                "{ledger:?}"
            );
        }
    }
}

/// Waits for what must not depend on any of the client's time limits.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(4), work).await.expect("no call waits for another")
}

#[tokio::test]
async fn no_call_waits_for_another_s_connection_once_http1_is_known() {
    let authority = Authority::new();
    let tls = Step::Tls(authority.server(HTTP_1));
    for operation in Operation::BOTH {
        let first = vec![tls.clone(), Step::Read, Step::Respond, Step::Stall];
        let server = FaultServer::start_with(
            &[first, vec![Step::ReadBytes(1), Step::Stall]],
            vec![tls.clone(), Step::Serve],
        );
        let transport =
            HyperTransport::builder().tls_config(authority.client()).idle_timeout(Duration::ZERO);
        let client = client(server.https(), transport.build().unwrap());
        operation.call(&client, "first").await.unwrap();
        let second = tokio::spawn(operation.call(&client, "second"));
        server.until(|ledger| ledger.connections == 2).await;
        let token = soon(operation.call(&client, "third")).await.unwrap();
        assert!(operation.is_response_to("third", &token) && !second.is_finished());
        assert_eq!(server.ledger().connections, 3);
    }
}

#[tokio::test]
async fn no_call_waits_for_a_first_call_that_is_not_polled() {
    let authority = Authority::new();
    for (protocols, serve) in [(HTTP_1, Step::Serve), (HTTP_2, Step::Http2(Vec::new()))] {
        for operation in Operation::BOTH {
            let server = FaultServer::start_with(
                &[],
                vec![Step::Tls(authority.server(protocols)), serve.clone()],
            );
            let client = trusting(&authority)(&server);
            // The call has started to connect, and is not polled again.
            let mut first = pin!(operation.call(&client, "first"));
            assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let second = operation.call(&client, "second").retries(RetryConfig::none());
            let token = soon(second).await.unwrap();
            assert!(operation.is_response_to("second", &token));
            assert_eq!(server.ledger().count(operation, "first"), 0);
            assert_eq!(server.ledger().requests.len(), 1);
        }
    }
}
