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
    client::{client, transport_error},
    fault_case::FaultCase,
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::{HyperTransport, rustls::version};
use tokio::task::JoinSet;

/// A fatal alert of TLS 1.2's framing, which TLS 1.3 keeps.
const fn alert(description: u8) -> [u8; 7] {
    [0x15, 3, 3, 0, 2, 2, description]
}

/// `internal_error`
const ALERT: [u8; 7] = alert(80);

/// Both ends of one authority.
fn known(authority: &Authority) -> impl Fn(&FaultServer) -> ActorTokens + '_ {
    |server| client(server.https(), authority.transport())
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_is_final_and_nothing_was_sent() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for protocols in [HTTP_1, HTTP_2] {
        // The handshake is what fails, on both sides: no step after it comes to pass.
        for (name, config) in [
            ("wrong name", authority.server_named("elsewhere.test", protocols)),
            ("unknown root", stranger.server(protocols)),
        ] {
            let case = FaultCase::unsent(name, vec![Step::Tls(config)], Tls).not_retried();
            case.check(known(&authority)).await;
        }
    }
}

#[tokio::test]
async fn the_bundled_roots_do_not_know_a_stranger() {
    let config = Authority::new().server(HTTP_1);
    let case = FaultCase::unsent("bundled roots", vec![Step::Tls(config)], Tls).not_retried();
    case.check(|server| client(server.https(), HyperTransport::new())).await;
}

#[tokio::test]
async fn an_alert_during_the_handshake_is_final_and_nothing_was_sent() {
    let authority = Authority::new();
    // handshake_failure, protocol_version, unrecognized_name, no_application_protocol
    for description in [40, 70, 112, 120] {
        let script = vec![
            Step::ReadBytes(1),
            Step::Write(Bytes::copy_from_slice(&alert(description))),
            Step::Stall,
        ];
        FaultCase::unsent("alert", script, Tls).not_retried().check(known(&authority)).await;
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_final_and_nothing_was_sent() {
    let authority = Authority::new();
    let script =
        vec![Step::ReadBytes(1), Step::write("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall];
    FaultCase::unsent("plain HTTP", script, Tls).not_retried().check(known(&authority)).await;
}

#[tokio::test]
async fn a_handshake_that_is_cut_or_reset_sent_nothing_and_is_tried_again() {
    let authority = Authority::new();
    for end in [Step::Close, Step::Reset] {
        for bytes in [1, 50] {
            let script = vec![Step::ReadBytes(bytes), end.clone()];
            case_over_tls(&authority, script).await;
        }
    }
}

/// As the first script stands bare and the calls after it need TLS, the server has to be told
/// twice.
async fn case_over_tls(authority: &Authority, script: Script) {
    let config = authority.server(HTTP_1);
    for operation in Operation::BOTH {
        for (retries, faults, succeeds) in
            [(RetryConfig::none(), 1, false), (again(), 1, true), (again(), 3, false)]
        {
            let scripts = vec![script.clone(); faults];
            let server =
                FaultServer::start_with(&scripts, vec![Step::Tls(config.clone()), Step::Serve]);
            let result = operation.call(&known(authority)(&server), "c").retries(retries).await;
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

fn again() -> RetryConfig {
    RetryConfig::new().initial_interval(Duration::ZERO)
}

#[tokio::test]
async fn a_connection_over_tls_that_ends_before_the_answer_leaves_it_open_what_was_done() {
    let authority = Authority::new();
    let config = authority.server(HTTP_1);
    // `Close` says goodbye in TLS, `Fin` does not: a cut that TLS can tell from an end.
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
                let client = known(&authority)(&server);
                leaves_it_open(operation, &client, &server, kind, &format!("{end:?} {cut}")).await;
            }
        }
    }
}

/// Makes a call under which the connection breaks: a create stays in doubt, a revoke is sent again.
async fn leaves_it_open(
    operation: Operation,
    client: &ActorTokens,
    server: &FaultServer,
    kind: TransportErrorKind,
    what: &str,
) {
    let before = server.ledger().requests.len();
    let result = operation.call(client, "c").await;
    server.until_played().await;
    let requests = server.ledger().requests.len() - before;
    match operation {
        Operation::Revoke => {
            assert!(operation.is_response_to("c", &result.unwrap()));
            assert_eq!(requests, 2, "{what}");
        }
        Operation::Create => {
            let error = result.unwrap_err();
            let inner = transport_error(&error);
            assert_eq!((inner.kind(), inner.sent()), (kind, Sent::Maybe), "{what}: {error:?}");
            assert!(error.is_ambiguous() && error.attempts() == 1);
            assert_eq!(requests, 1, "{what}");
        }
    }
}

#[tokio::test]
async fn tls_that_breaks_where_it_has_worked_is_a_connection_that_broke() {
    let authority = Authority::new();
    // In clear, where it must not be.
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
            let client = known(&authority)(&server);
            operation.call(&client, "first").await.unwrap();
            leaves_it_open(operation, &client, &server, Io, "TLS breaks").await;
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_had_is_final_for_all_who_waited() {
    let authority = Authority::new();
    for protocols in [HTTP_1, HTTP_2] {
        let config = authority.server_with_client_auth(&version::TLS13, protocols);
        let server = FaultServer::start_with(&[], vec![Step::Tls(config), Step::Serve]);
        let client = known(&authority)(&server);
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
async fn a_certificate_of_the_client_is_shown_where_it_is_asked_for() {
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
async fn a_certificate_that_is_asked_for_and_not_to_be_had_is_final() {
    let authority = Authority::new();
    for version in [&version::TLS12, &version::TLS13] {
        for protocols in [HTTP_1, HTTP_2] {
            let config = authority.server_with_client_auth(version, protocols);
            for operation in Operation::BOTH {
                for _ in 0..5 {
                    let server =
                        FaultServer::start_with(&[], vec![Step::Tls(config.clone()), Step::Serve]);
                    let error = operation.call(&known(&authority)(&server), "c").await.unwrap_err();
                    let inner = transport_error(&error);
                    assert_eq!(inner.kind(), Tls, "{error:?}");
                    // With TLS 1.3 the client is done before the server is: what it wrote may have
                    // been written in vain.
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

/// Makes so many calls at once from cold, and gives how many connections that took.
async fn cold(calls: usize, protocols: &[&[u8]], serve: Step) -> usize {
    let authority = Authority::new();
    let config = authority.server(protocols);
    let server = FaultServer::start_with(&[], vec![Step::Tls(config), serve]);
    let client = known(&authority)(&server);
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
    assert_eq!(cold(900, HTTP_2, Step::Http2(Vec::new())).await, 1);
}

#[tokio::test]
async fn hundreds_of_cold_calls_over_http1_make_connections_of_their_own() {
    let connections = cold(200, HTTP_1, Step::Serve).await;
    assert!((2..=200).contains(&connections), "{connections}");
}

#[tokio::test]
async fn a_first_connection_that_fails_is_the_failure_of_all_who_waited_for_it() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[vec![Step::ReadBytes(1), Step::Hold, Step::Close]]);
        let authority = Authority::new();
        let client = known(&authority)(&server);
        let mut running = JoinSet::new();
        for n in 0..50 {
            running.spawn(operation.call(&client, &format!("c{n}")).retries(RetryConfig::none()));
        }
        // By now all of them wait: one for the handshake, the others for that one.
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
async fn a_first_dialler_that_is_dropped_hands_the_gate_on() {
    let authority = Authority::new();
    for (protocols, serve) in [(HTTP_1, Step::Serve), (HTTP_2, Step::Http2(Vec::new()))] {
        for operation in Operation::BOTH {
            let rest = vec![Step::Tls(authority.server(protocols)), serve.clone()];
            let server = FaultServer::start_with(&[vec![Step::ReadBytes(1), Step::Stall]], rest);
            let client = known(&authority)(&server);
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

/// Waits for what needs no time limit of the client's to come about.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(4), work).await.expect("it waits for something")
}

#[tokio::test]
async fn where_http1_is_known_nobody_waits_for_another_s_connection() {
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
async fn a_first_dialler_that_nobody_polls_is_passed_by() {
    let authority = Authority::new();
    for (protocols, serve) in [(HTTP_1, Step::Serve), (HTTP_2, Step::Http2(Vec::new()))] {
        for operation in Operation::BOTH {
            let server = FaultServer::start_with(
                &[],
                vec![Step::Tls(authority.server(protocols)), serve.clone()],
            );
            let client = known(&authority)(&server);
            tokio::time::pause();
            // It has the gate now, and is left alone.
            let mut first = pin!(operation.call(&client, "first"));
            assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            let second =
                tokio::spawn(operation.call(&client, "second").retries(RetryConfig::none()));
            tokio::task::yield_now().await;
            assert!(!second.is_finished());
            // Half as long again as it may take to connect.
            tokio::time::advance(Duration::from_millis(7_501)).await;
            tokio::time::resume();
            let token = soon(second).await.unwrap().unwrap();
            assert!(operation.is_response_to("second", &token));
            assert_eq!(server.ledger().count(operation, "first"), 0);
            assert_eq!(server.ledger().requests.len(), 1);
        }
    }
}
