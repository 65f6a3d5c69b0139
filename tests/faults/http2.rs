use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    ActorTokens, Error, RetryConfig, Sent,
    TransportErrorKind::{Incomplete, Io, TooLarge},
};
use clerk_tests::{
    client::{client, client_with, immediate_retries, transport_error},
    connector::Connector,
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;
use h2::Reason;
use tokio::net::TcpStream;

use crate::{clock::skip, tasks::until_tasks_alive};

/// A certificate authority and a server identity for all connections of a test.
struct Http2 {
    authority: Authority,
    tls: Step,
}

impl Http2 {
    fn new() -> Self {
        let authority = Authority::new();
        let tls = Step::Tls(authority.server(HTTP_2));
        Self { authority, tls }
    }

    fn script(&self, streams: &[Stream]) -> Script {
        vec![self.tls.clone(), Step::Http2(streams.to_vec())]
    }

    /// Starts a server that follows these scripts on its first connections, and responds properly
    /// on all later ones.
    fn server(&self, scripts: &[Script]) -> FaultServer {
        FaultServer::start_with(scripts, self.script(&[]))
    }

    fn client(&self, server: &FaultServer) -> ActorTokens {
        client(server.https(), self.authority.transport())
    }
}

#[tokio::test]
async fn a_refused_stream_is_retried() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[http2.script(&[Stream::Refuse(Reason::REFUSED_STREAM)])]);
        let client = http2.client(&server);
        let token = operation.call(&client, "c").await.unwrap();
        assert!(operation.is_response_to("c", &token));
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 1));

        let server = http2.server(&[http2.script(&[Stream::Refuse(Reason::REFUSED_STREAM); 3])]);
        let error = operation.call(&http2.client(&server), "c").await.unwrap_err();
        assert_eq!(transport_error(&error).sent(), Sent::No, "{error:?}");
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 0));
    }
}

/// Checks that a fault is ambiguous, and that a revoke is retried where a create is not.
async fn check_ambiguous(
    stream: Stream,
    connections: usize,
    reads: usize,
    kinds: &[clerk_core::TransportErrorKind],
    status: Option<u16>,
) {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[http2.script(&[stream])]);
        let call = operation.call(&http2.client(&server), "c").retries(RetryConfig::none());
        let error = call.await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{stream:?}: {error:?}");
        let inner = transport_error(&error);
        assert!(
            kinds.contains(&inner.kind()) && inner.sent() == Sent::Maybe,
            "{stream:?}: {error:?}"
        );
        assert!(error.is_ambiguous() && error.attempts() == 1, "{stream:?}: {error:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), status, "{stream:?}");
        assert_eq!(server.ledger().requests.len(), reads, "{stream:?}");

        let server = http2.server(&[http2.script(&[stream])]);
        let result = operation.call(&http2.client(&server), "c").await;
        let ledger = server.ledger();
        match operation {
            Operation::Create => {
                let error = result.unwrap_err();
                assert!(error.is_ambiguous() && error.attempts() == 1, "{stream:?}: {error:?}");
                assert_eq!((ledger.connections, ledger.requests.len()), (1, reads), "{stream:?}");
            }
            Operation::Revoke => {
                assert!(operation.is_response_to("c", &result.unwrap()), "{stream:?}");
                assert_eq!(
                    (ledger.connections, ledger.requests.len()),
                    (connections, reads + 1),
                    "{stream:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_stream_reset_for_any_other_reason_is_ambiguous() {
    for reason in [
        Reason::NO_ERROR,
        Reason::PROTOCOL_ERROR,
        Reason::INTERNAL_ERROR,
        Reason::CANCEL,
        Reason::ENHANCE_YOUR_CALM,
        Reason::HTTP_1_1_REQUIRED,
    ] {
        check_ambiguous(Stream::Reset(reason), 1, 1, &[Io], None).await;
        check_ambiguous(Stream::Refuse(reason), 1, 0, &[Io], None).await;
        // A reset without an error ends the body, which is then shorter than its `content-length`.
        let kind = if reason == Reason::NO_ERROR { Incomplete } else { Io };
        check_ambiguous(Stream::RespondInPart(10, reason), 1, 1, &[kind], Some(200)).await;
    }
}

#[tokio::test]
async fn a_stream_refused_after_its_head_is_ambiguous() {
    check_ambiguous(Stream::RespondInPart(10, Reason::REFUSED_STREAM), 1, 1, &[Io], Some(200))
        .await;
}

#[tokio::test]
async fn a_connection_that_ends_under_its_streams_is_ambiguous() {
    check_ambiguous(Stream::Fin, 2, 1, &[Incomplete], None).await;
    check_ambiguous(Stream::ResetConnection, 2, 1, &[Io], None).await;
    check_ambiguous(Stream::GoAway(Reason::NO_ERROR), 2, 1, &[Io], None).await;
    check_ambiguous(Stream::GoAway(Reason::INTERNAL_ERROR), 2, 1, &[Io], None).await;
}

#[tokio::test]
async fn a_request_that_a_goaway_rejects_is_sent_again() {
    // SETTINGS, and GOAWAY with no stream processed: written when the request has arrived, unread.
    let frames: &[u8] = &[
        0, 0, 0, 4, 0, 0, 0, 0, 0, //
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let script = vec![
            http2.tls.clone(),
            Step::ReadBytes(150),
            Step::Write(Bytes::from_static(frames)),
            Step::Close,
        ];
        let server = http2.server(std::slice::from_ref(&script));
        let token = operation.call(&http2.client(&server), "c").await.unwrap();
        server.until_played().await;
        assert!(operation.is_response_to("c", &token));
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 1));

        let server = http2.server(&vec![script; 3]);
        let error = operation.call(&http2.client(&server), "c").await.unwrap_err();
        let inner = transport_error(&error);
        assert_eq!((inner.kind(), inner.sent()), (Io, Sent::No), "{error:?}");
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (3, 0));
    }
}

#[tokio::test]
async fn calls_move_from_a_silent_connection_to_another() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[http2.script(&[Stream::Stall; 100])]);
        let timer = ManualTimer::new();
        let client = client_with(server.https(), http2.authority.transport(), timer.clone());
        // A second apart, so that there are always calls on the silent connection.
        let mut calls = Vec::new();
        for number in 1..10 {
            let name = format!("c{number}");
            calls.push((name.clone(), tokio::spawn(operation.call(&client, &name))));
            server.until(move |ledger| ledger.requests.len() == number).await;
            while timer.sleeping().len() != number {
                tokio::task::yield_now().await;
            }
            timer.advance(Duration::from_secs(1));
        }
        // The first call times out, which is enough.
        timer.advance(Duration::from_secs(1));
        let mut results = Vec::new();
        let (first, call) = calls.remove(0);
        results.push((first, call.await.unwrap()));
        let new = operation.call(&client, "new").await.unwrap();
        assert!(operation.is_response_to("new", &new));
        assert_eq!(server.ledger().connections, 2);

        timer.advance(Duration::from_secs(9));
        for (name, call) in calls {
            results.push((name, call.await.unwrap()));
        }
        for (name, result) in results {
            match operation {
                Operation::Create => assert!(result.unwrap_err().is_ambiguous(), "{name}"),
                Operation::Revoke => assert!(operation.is_response_to(&name, &result.unwrap())),
            }
        }
        let ledger = server.ledger();
        let silent = ledger.requests.iter().filter(|request| request.connection == 0).count();
        assert_eq!((ledger.connections, silent), (2, 9));
    }
}

#[tokio::test]
async fn a_call_after_a_goaway_uses_another_connection_in_the_same_attempt() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[http2.script(&[Stream::RespondAndGoAway])]);
        let client = http2.client(&server);
        for name in ["first", "second", "third"] {
            let call = operation.call(&client, name).retries(RetryConfig::none());
            assert!(operation.is_response_to(name, &call.await.unwrap()));
            // Meanwhile the client's tasks run: a graceful shutdown waits for a response to its
            // ping.
            server.until(|ledger| ledger.connections == 2 || ledger.closed == 1).await;
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 3));
    }
}

#[tokio::test]
async fn an_endless_body_keeps_its_status() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        for (status, ambiguous, retried) in
            [(200, true, false), (404, false, false), (503, true, operation == Operation::Revoke)]
        {
            let server = http2.server(&[http2.script(&[Stream::RespondForever(status); 3])]);
            let error = operation
                .call(&http2.client(&server), "c")
                .retries(immediate_retries())
                .await
                .unwrap_err();
            assert_eq!(transport_error(&error).kind(), TooLarge, "{error:?}");
            assert_eq!(error.status().unwrap().as_u16(), status);
            let attempts = if retried { 3 } else { 1 };
            assert!(error.is_ambiguous() == ambiguous && error.attempts() == attempts, "{error:?}");
            let ledger = server.ledger();
            assert_eq!(ledger.requests.len(), attempts as usize);
            assert!(ledger.written < 12 * 1024 * 1024, "{ledger:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_survives_a_reset_stream() {
    let http2 = Http2::new();
    let server = http2.server(&[http2.script(&[Stream::Reset(Reason::INTERNAL_ERROR)])]);
    let client = http2.client(&server);
    let first = Operation::Create.call(&client, "first").await.unwrap_err();
    assert!(first.is_ambiguous());
    for operation in Operation::BOTH {
        assert!(operation.is_response_to("next", &operation.call(&client, "next").await.unwrap()));
    }
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 3));
}

#[tokio::test]
async fn a_connection_idle_for_four_seconds_is_not_reused() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[]);
        let client = http2.client(&server);
        for (idle, connections) in [(0, 1), (3, 1), (4, 2), (3, 2), (60, 3)] {
            skip(idle).await;
            operation.call(&client, "c").await.unwrap();
            assert_eq!(server.ledger().connections, connections, "after {idle} s");
        }
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_another_call() {
    let http2 = Http2::new();
    let server = http2.server(&[http2.script(&[Stream::Respond, Stream::Hold])]);
    let client = http2.client(&server);
    Operation::Create.call(&client, "first").await.unwrap();
    let long = tokio::spawn(Operation::Create.call(&client, "long"));
    server.until(|ledger| ledger.requests.len() == 2).await;
    skip(4).await;
    assert_eq!(server.ledger().closed, 0, "it is not idle");
    server.release();
    long.await.unwrap().unwrap();
    skip(4).await;
    until_tasks_alive(0).await;
    server.until(|ledger| ledger.closed == 1).await;
}

#[tokio::test]
async fn an_idle_timeout_of_zero_disables_reuse() {
    let http2 = Http2::new();
    let server = http2.server(&[]);
    let transport = HyperTransport::builder().tls_config(http2.authority.client());
    let transport = transport.idle_timeout(Duration::ZERO).build().unwrap();
    let client = client(server.https(), transport);
    for connections in 1..=3 {
        Operation::Create.call(&client, "c").await.unwrap();
        assert_eq!(server.ledger().connections, connections);
    }
}

#[tokio::test]
async fn a_connection_is_not_idle_during_a_call() {
    let http2 = Http2::new();
    for operation in Operation::BOTH {
        let server = http2.server(&[http2.script(&[Stream::Hold])]);
        let client = http2.client(&server);
        let long = tokio::spawn(operation.call(&client, "long"));
        server.until(|ledger| ledger.requests.len() == 1).await;
        skip(4).await;
        operation.call(&client, "meanwhile").await.unwrap();
        skip(3).await;
        server.release();
        assert!(operation.is_response_to("long", &long.await.unwrap().unwrap()));
        // The idle time counts from the end of the last call, not from its start.
        skip(3).await;
        operation.call(&client, "after").await.unwrap();
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 3));
    }
}

#[tokio::test]
async fn a_call_that_finds_its_connection_closed_keeps_the_new_one() {
    let first = vec![Step::Http2(vec![Stream::Respond, Stream::Fin])];
    let server = FaultServer::start_with(&[first], vec![Step::Http2(Vec::new())]);
    let address = server.address();
    // The sockets of a custom connector cannot be asked whether they were closed. Before such a
    // connection is used again, the call lets the runtime look.
    let connector = Connector::http2(move |_| TcpStream::connect(address));
    let transport = HyperTransport::builder().connector(connector).build().unwrap();
    let client = client(server.http(), transport);
    Operation::Create.call(&client, "first").await.unwrap();
    let mut late = pin!(Operation::Create.call(&client, "late").retries(RetryConfig::none()));
    // The call has got the connection, and is not polled again for now.
    assert!(late.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert!(Operation::Create.call(&client, "lost").await.unwrap_err().is_ambiguous());
    Operation::Create.call(&client, "new").await.unwrap();
    assert!(Operation::Create.is_response_to("late", &late.await.unwrap()));
    Operation::Create.call(&client, "last").await.unwrap();
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 5));
}

#[tokio::test]
async fn a_call_on_an_old_connection_does_not_renew_the_new_one() {
    let http2 = Http2::new();
    let server = http2.server(&[http2.script(&[Stream::Hold, Stream::RespondAndGoAway])]);
    let client = http2.client(&server);
    let long = tokio::spawn(Operation::Create.call(&client, "long"));
    server.until(|ledger| ledger.requests.len() == 1).await;
    Operation::Create.call(&client, "goodbye").await.unwrap();
    // The response may arrive before the GOAWAY, and the next call still use the old connection.
    let mut requests = 2;
    while server.ledger().connections == 1 {
        Operation::Create.call(&client, "new").await.unwrap();
        requests += 1;
    }
    skip(3).await;
    server.release();
    long.await.unwrap().unwrap();
    skip(3).await;
    Operation::Create.call(&client, "newer").await.unwrap();
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (3, requests + 1));
}

#[test]
fn each_runtime_has_a_connection_of_its_own() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (one, other, http2) = (runtime(), runtime(), Http2::new());
    let server = one.block_on(async { http2.server(&[]) });
    let client = http2.client(&server);
    for (runtime, name, connections) in
        [(&one, "a", 1), (&other, "b", 2), (&one, "c", 2), (&other, "d", 2)]
    {
        runtime
            .block_on(Operation::Create.call(&client, name).retries(RetryConfig::none()))
            .unwrap();
        assert_eq!(server.ledger().connections, connections, "{name}");
    }
}
