use std::time::Duration;

use bytes::Bytes;
use clerk_core::{ActorTokens, Error, RetryConfig, Sent, TransportErrorKind};
use clerk_tests::{
    client::{client, client_with, immediate_retries, sent, transport_error},
    fault_server::{FaultServer, Ledger, Script, Step},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;

const SECOND: Duration = Duration::from_secs(1);

/// Makes a call to a silent server, and lets the ten seconds of each attempt pass as soon as the
/// server has got that far. Returns the error.
async fn timed_out(
    operation: Operation,
    retries: RetryConfig,
    base_url: impl Fn(&FaultServer) -> String,
    transport: HyperTransport,
    (server, timer): (&FaultServer, &ManualTimer),
    reached: impl Fn(&Ledger, usize) -> bool + Clone + Send + Sync + 'static,
) -> Error {
    let client = client_with(base_url(server), transport, timer.clone());
    let attempts = server.scripted();
    let call = tokio::spawn(operation.call(&client, "c").retries(retries));
    for attempt in 1..=attempts {
        let reached = reached.clone();
        server.until(move |ledger| reached(ledger, attempt)).await;
        // The attempt is waiting for its limit.
        while timer.sleeping().len() != 1 {
            tokio::task::yield_now().await;
        }
        timer.advance(10 * SECOND);
    }
    call.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn a_timed_out_create_is_not_retried_and_a_revoke_is() {
    let head = "HTTP/1.1 200 OK\r\nclerk-trace-id: trace_1\r\ncontent-length: 1000\r\n\r\n{";
    let hint = Bytes::from("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
    for (name, reads, script) in [
        ("reads only one byte", 0, vec![Step::ReadBytes(1), Step::Stall]),
        ("reads the request", 1, vec![Step::Read, Step::Stall]),
        (
            "stops in the head",
            1,
            vec![Step::Read, Step::write("HTTP/1.1 200 OK\r\nx:"), Step::Stall],
        ),
        ("stops in the body", 1, vec![Step::Read, Step::write(head), Step::Stall]),
        ("sends endless hints", 1, vec![Step::Read, Step::WriteForever(hint)]),
    ] {
        for operation in Operation::BOTH {
            let attempts = if operation == Operation::Create { 1 } else { 3 };
            let server = FaultServer::start(&vec![script.clone(); attempts]);
            let (timer, steps) = (ManualTimer::new(), script.len());
            let reached = move |ledger: &Ledger, attempt| {
                ledger.pending_steps == (attempts - attempt) * steps
            };
            let error = timed_out(
                operation,
                immediate_retries(),
                FaultServer::http,
                HyperTransport::new(),
                (&server, &timer),
                reached,
            )
            .await;
            assert!(
                matches!(error, Error::Timeout(_)) && sent(&error) == Sent::Maybe,
                "{name}: {error:?}"
            );
            assert!(
                error.is_ambiguous() && error.attempts() as usize == attempts,
                "{name}: {error:?}"
            );
            let ledger = server.ledger();
            assert_eq!(
                (ledger.requests.len(), ledger.connections),
                (reads * attempts, attempts),
                "{name}"
            );
            // Every connection whose attempt timed out is closed.
            server.until(move |ledger| ledger.closed == attempts).await;
        }
    }
}

#[tokio::test]
async fn a_response_that_drips_times_out() {
    for operation in Operation::BOTH {
        let response = operation.response("c");
        let script = vec![Step::Read, Step::Drip(Bytes::from(response.clone()))];
        let server = FaultServer::start(&[script]);
        let timer = ManualTimer::new();
        let client = client_with(server.http(), HyperTransport::new(), timer.clone());
        let call = tokio::spawn(operation.call(&client, "c").retries(RetryConfig::none()));
        server.until(|ledger| ledger.pending_steps == 0).await;
        for second in 1..=10 {
            assert!(!call.is_finished());
            server.release();
            server.until(move |ledger| ledger.written == second).await;
            timer.advance(SECOND);
        }
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Timeout(_)) && error.is_ambiguous(), "{error:?}");
        assert_eq!(server.ledger().requests.len(), 1);
        // The client is gone before the server writes the rest.
        (0..response.len()).for_each(|_| server.release());
        server.until(|ledger| ledger.closed == 1).await;
    }
}

#[tokio::test]
async fn a_call_ends_within_its_timeout_whatever_its_attempts_do() {
    let server = FaultServer::start(&vec![vec![Step::Read, Step::Stall]; 2]);
    let timer = ManualTimer::new();
    let client = client_with(server.http(), HyperTransport::new(), timer.clone());
    let call = Operation::Revoke.call(&client, "c").timeout(15 * SECOND);
    let call = tokio::spawn(call);
    server.until(|ledger| ledger.requests.len() == 1).await;
    timer.advance(10 * SECOND);
    server.until(|ledger| ledger.requests.len() == 2).await;
    timer.advance(5 * SECOND);
    let error = call.await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Timeout(_)) && error.is_ambiguous() && error.attempts() == 2,
        "{error:?}"
    );
    assert!(error.to_string().contains("15s"), "{error}");
}

#[tokio::test]
async fn a_handshake_that_stalls_until_the_attempt_timeout_is_retried() {
    let authority = Authority::new();
    for operation in Operation::BOTH {
        let server = FaultServer::start(&vec![vec![Step::ReadBytes(1), Step::Stall]; 3]);
        let timer = ManualTimer::new();
        let reached = |ledger: &Ledger, attempt| ledger.pending_steps == 2 * (3 - attempt);
        let transport =
            HyperTransport::builder().tls_config(authority.client()).connect_timeout(60 * SECOND);
        let error = timed_out(
            operation,
            immediate_retries(),
            FaultServer::https,
            transport.build().unwrap(),
            (&server, &timer),
            reached,
        )
        .await;
        assert!(matches!(error, Error::Timeout(_)) && sent(&error) == Sent::No, "{error:?}");
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
        assert_eq!((server.ledger().requests.len(), server.ledger().connections), (0, 3));
    }
}

/// Checks that the adapter's own connect timeout expires, by a clock that jumps whenever all tasks
/// wait: the server is certain to be silent.
async fn connect_times_out(silence: Script, transport: impl Fn() -> HyperTransport) {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&vec![silence.clone(); 3]);
        let start = tokio::time::Instant::now();
        let error = operation.call(&client(server.https(), transport()), "c").await.unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{error:?}");
        let inner = transport_error(&error);
        assert_eq!((inner.kind(), inner.sent()), (TransportErrorKind::Timeout, Sent::No));
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
        let elapsed = start.elapsed();
        assert!(
            elapsed >= 15 * SECOND && elapsed < 16 * SECOND,
            "three times five seconds, not {elapsed:?}"
        );
        server.until_played().await;
        assert_eq!((server.ledger().requests.len(), server.ledger().connections), (0, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_handshake_ends_after_the_connect_timeout() {
    let authority = Authority::new();
    connect_times_out(vec![Step::Stall], || authority.transport()).await;
}

#[tokio::test]
async fn a_silent_http2_server_is_detected_by_pings() {
    // An empty SETTINGS frame is all that a client needs to start. Then the server reads, and
    // responds to nothing, not even to a ping.
    let settings = Step::Write(Bytes::from_static(&[0, 0, 0, 4, 0, 0, 0, 0, 0]));
    let authority = Authority::new();
    let script =
        vec![Step::Tls(authority.server(HTTP_2)), settings, Step::ReadBytes(150), Step::Stall];
    for operation in Operation::BOTH {
        let server = FaultServer::start(std::slice::from_ref(&script));
        let client = client(server.https(), authority.transport());
        let call = tokio::spawn(operation.call(&client, "c").retries(RetryConfig::none()));
        server.until_played().await;
        // The server is certain to be silent now, so that the clock may jump whenever all tasks
        // wait.
        tokio::time::pause();
        let error = call.await.unwrap().unwrap_err();
        tokio::time::resume();
        let inner = transport_error(&error);
        assert_eq!(
            (inner.kind(), inner.sent()),
            (TransportErrorKind::Timeout, Sent::Maybe),
            "{error:?}"
        );
        assert!(
            matches!(error, Error::Timeout(_)) && error.is_ambiguous() && error.attempts() == 1
        );
    }
}

#[tokio::test]
async fn calls_that_time_out_at_the_gate_sent_nothing() {
    let authority = Authority::new();
    let server = FaultServer::start_with(
        &[vec![Step::ReadBytes(1), Step::Stall]],
        vec![Step::Tls(authority.server(HTTP_1)), Step::Serve],
    );
    let timer = ManualTimer::new();
    let transport =
        HyperTransport::builder().tls_config(authority.client()).connect_timeout(60 * SECOND);
    let client: ActorTokens =
        client_with(server.https(), transport.build().unwrap(), timer.clone());
    let calls: Vec<_> = (0..10)
        .map(|n| {
            let call = Operation::Create.call(&client, &format!("c{n}"));
            tokio::spawn(call.retries(RetryConfig::none()))
        })
        .collect();
    server.until_played().await;
    while timer.sleeping().len() != 10 {
        tokio::task::yield_now().await;
    }
    timer.advance(10 * SECOND);
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert!(sent(&error) == Sent::No && !error.is_ambiguous(), "{error:?}");
    }
    assert_eq!(server.ledger().requests.len(), 0);
}
