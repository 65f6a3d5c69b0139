use std::time::Duration;

use clerk_core::{
    ActorTokens, RetryConfig, Sent,
    TransportErrorKind::{Incomplete, Io},
};
use clerk_tests::{
    client::{LARGE, client, large_command, transport_error},
    fault_server::{FaultServer, Script, Step},
    operation::Operation,
};
use clerk_transport_hyper::HyperTransport;
use tokio::time::{advance, timeout};

use crate::{
    clock::skip,
    tasks::{SWEEPER, alive_tasks, until_tasks_alive},
};

fn default_client(server: &FaultServer) -> ActorTokens {
    client(server.http(), HyperTransport::new())
}

#[tokio::test]
async fn a_connection_is_reused() {
    let server = FaultServer::start(&[]);
    let client = default_client(&server);
    for name in ["a", "b", "c"] {
        for operation in Operation::BOTH {
            assert!(operation.is_response_to(name, &operation.call(&client, name).await.unwrap()));
        }
    }
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 6));
}

#[tokio::test]
async fn a_closed_pooled_connection_is_not_reused() {
    for operation in Operation::BOTH {
        for end in [Step::Close, Step::Reset] {
            let server = FaultServer::start(&[vec![Step::Read, Step::Respond, end]]);
            let client = default_client(&server);
            operation.call(&client, "first").await.unwrap();
            server.until_played().await;
            until_tasks_alive(SWEEPER).await;

            let token =
                operation.call(&client, "second").retries(RetryConfig::none()).await.unwrap();
            assert!(operation.is_response_to("second", &token));
            let ledger = server.ledger();
            assert_eq!((ledger.connections, ledger.requests.len(), ledger.unread), (2, 2, 0));
        }
    }
}

#[tokio::test]
async fn a_pooled_connection_closed_unnoticed_hands_the_request_back() {
    for operation in Operation::BOTH {
        for end in [Step::Close, Step::Reset] {
            let script = vec![Step::Read, Step::Respond, Step::Hold, end.clone()];
            let server = FaultServer::start(&[script]);
            let client = default_client(&server);
            operation.call(&client, "first").await.unwrap();
            // None of the client's tasks runs from here to the next call, so that it believes the
            // connection to be open.
            server.release();
            let is_reset = matches!(end, Step::Reset);
            server.block_until(move |ledger| {
                ledger.pending_steps == 0 && (!is_reset || ledger.closed == 1)
            });
            assert_eq!(alive_tasks(), 1 + SWEEPER);

            let call = operation.call(&client, "second").retries(RetryConfig::none());
            let token = call.await.unwrap_or_else(|error| panic!("{end:?}: {error:?}"));
            assert!(operation.is_response_to("second", &token));
            let ledger = server.ledger();
            assert_eq!((ledger.connections, ledger.requests.len(), ledger.unread), (2, 2, 0));
        }
    }
}

#[tokio::test]
async fn closed_pooled_connections_cost_no_attempt() {
    for operation in Operation::BOTH {
        let script = vec![Step::Read, Step::Hold, Step::Respond, Step::Close];
        let server = FaultServer::start(&vec![script; 20]);
        let client = default_client(&server);
        let calls: Vec<_> =
            (0..20).map(|n| tokio::spawn(operation.call(&client, &format!("c{n}")))).collect();
        server.until(|ledger| ledger.requests.len() == 20).await;
        (0..20).for_each(|_| server.release());
        for call in calls {
            call.await.unwrap().unwrap();
        }
        server.block_until(|ledger| ledger.pending_steps == 0);
        let call = operation.call(&client, "last").retries(RetryConfig::none());
        assert!(operation.is_response_to("last", &call.await.unwrap()));
        assert_eq!((server.ledger().connections, server.ledger().unread), (21, 0));
    }
}

#[tokio::test]
async fn a_pooled_connection_closed_after_the_request_was_read_is_ambiguous() {
    for operation in Operation::BOTH {
        for (end, kind) in [(Step::Close, Incomplete), (Step::Reset, Io)] {
            let server = FaultServer::start(&[vec![Step::Read, Step::Respond, Step::Read, end]]);
            let client = default_client(&server);
            operation.call(&client, "first").await.unwrap();
            let error =
                operation.call(&client, "second").retries(RetryConfig::none()).await.unwrap_err();
            assert_eq!(
                (transport_error(&error).kind(), transport_error(&error).sent()),
                (kind, Sent::Maybe)
            );
            assert!(error.is_ambiguous() && error.attempts() == 1);
            server.until_played().await;
            assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 2));
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_still_writing_is_not_reused() {
    // An early refusal: the server reads no more, but keeps the connection open.
    let response = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n";
    let script = vec![Step::ReadBytes(512), Step::write(response), Step::Hold, Step::Stall];
    let server = FaultServer::start(&[script]);
    let client = default_client(&server);
    let error = client.create(large_command("large")).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 413);

    let call = Operation::Create.call(&client, "small").retries(RetryConfig::none());
    let token = timeout(Duration::from_secs(5), call).await.expect("the call does not wait");
    assert!(Operation::Create.is_response_to("small", &token.unwrap()));
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 1));
    // The old connection had a second to become ready, and is closed.
    skip(1).await;
    until_tasks_alive(1 + SWEEPER).await;
    server.release();
    server.until(|ledger| ledger.closed == 1).await;
    assert!(server.ledger().unread < LARGE, "the rest was written: {:?}", server.ledger());
}

#[tokio::test]
async fn a_connection_that_the_server_wants_closed_is_not_reused() {
    for operation in Operation::BOTH {
        let body = operation.response_body("first");
        for head in ["HTTP/1.1 200 OK\r\nconnection: close", "HTTP/1.0 200 OK"] {
            let response = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let server =
                FaultServer::start(&[vec![Step::Read, Step::write(&response), Step::Stall]]);
            let client = default_client(&server);
            for name in ["first", "second"] {
                assert!(
                    operation.is_response_to(name, &operation.call(&client, name).await.unwrap())
                );
            }
            let ledger = server.ledger();
            assert_eq!(
                (ledger.connections, ledger.requests.len(), ledger.unread),
                (2, 2, 0),
                "{head}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_idle_for_four_seconds_is_not_reused() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client = default_client(&server);
        for (idle, connections) in [(0, 1), (3_999, 1), (4_000, 2), (3_999, 2), (60_000, 3)] {
            advance(Duration::from_millis(idle)).await;
            operation.call(&client, "c").await.unwrap();
            assert_eq!(server.ledger().connections, connections, "after {idle} ms");
        }
    }
}

/// Makes this many calls at once, each over a connection of its own.
async fn calls_at_once(calls: usize, server: &FaultServer, client: &ActorTokens) {
    let calls: Vec<_> = (0..calls)
        .map(|n| tokio::spawn(Operation::Create.call(client, &format!("c{n}"))))
        .collect();
    let count = calls.len();
    server.until(move |ledger| ledger.requests.len() == count).await;
    (0..count).for_each(|_| server.release());
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.ledger().connections, count);
}

fn respond_late() -> Script {
    vec![Step::Read, Step::Hold, Step::Respond, Step::Serve]
}

#[tokio::test]
async fn idle_connections_are_closed_without_another_call() {
    let server = FaultServer::start_with(&[], respond_late());
    let client = default_client(&server);
    calls_at_once(20, &server, &client).await;
    skip(3).await;
    assert_eq!((alive_tasks(), server.ledger().closed), (20 + SWEEPER, 0));
    skip(1).await;
    until_tasks_alive(0).await;
    server.until(|ledger| ledger.closed == 20).await;

    // The pool goes on working, and closing.
    server.release();
    Operation::Create.call(&client, "late").await.unwrap();
    assert_eq!((alive_tasks(), server.ledger().connections), (1 + SWEEPER, 21));
    skip(4).await;
    until_tasks_alive(0).await;
}

#[tokio::test]
async fn a_server_may_shorten_the_idle_time() {
    for (header, reused, not_reused) in [
        ("timeout=3", Some(1), 2),
        ("timeout=2, max=100", Some(0), 1),
        ("timeout=60", Some(3), 4),
        ("timeout=garbage", Some(3), 4),
        ("timeout=60\r\nkeep-alive: timeout=3", Some(1), 2),
        ("timeout=1", None, 0),
        ("timeout=0", None, 0),
    ] {
        let body = Operation::Create.response_body("c");
        let head = format!("HTTP/1.1 200 OK\r\nkeep-alive: {header}");
        let response = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let exchange = [Step::Read, Step::write(&response)];
        let server = FaultServer::start_with(&[], [&exchange[..], &exchange].concat());
        let client = default_client(&server);
        Operation::Create.call(&client, "c").await.unwrap();
        for (idle, connections) in reused.map(|idle| (idle, 1)).into_iter().chain([(not_reused, 2)])
        {
            skip(idle).await;
            Operation::Create.call(&client, "c").await.unwrap();
            assert_eq!(server.ledger().connections, connections, "{header}, after {idle} s");
        }
    }
}

#[test]
fn each_runtime_has_connections_of_its_own() {
    // A connection makes no progress while its runtime is idle, and a request on it would be
    // ambiguous.
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for operation in Operation::BOTH {
        let (one, other) = (runtime(), runtime());
        let server = one.block_on(async { FaultServer::start(&[]) });
        let client = default_client(&server);
        let call = |name| operation.call(&client, name).retries(RetryConfig::none());
        for (runtime, name, connections) in [
            (&one, "a", 1),
            (&other, "b", 2),
            (&one, "c", 2),
            (&other, "d", 2),
            (&runtime(), "e", 3),
        ] {
            assert!(operation.is_response_to(name, &runtime.block_on(call(name)).unwrap()));
            assert_eq!(server.ledger().connections, connections, "{name}");
        }
        drop((one, other));
        assert!(operation.is_response_to("f", &runtime().block_on(call("f")).unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_needs_a_moment_is_reused() {
    // On several threads, a call often ends before the task of its connection does.
    let server = FaultServer::start(&[]);
    let client = default_client(&server);
    for _ in 0..1_000 {
        Operation::Create.call(&client, "c").await.unwrap();
    }
    let ledger = server.ledger();
    assert!(ledger.connections < 20, "{} connections for 1,000 calls", ledger.connections);
}
