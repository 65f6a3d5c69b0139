use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{ActorToken, ActorTokens, Error, RetryConfig};
use clerk_tests::{
    client::{LARGE, client, client_with, large_command},
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;
use tokio::task::JoinHandle;

use crate::{
    clock::skip,
    tasks::{SWEEPER, alive_tasks, until_tasks_alive},
};

/// Polls a call by hand until the server has played its scripts, and drops it. Further calls must
/// get their own responses.
async fn drop_when_played(
    operation: Operation,
    server: &FaultServer,
    client: &ActorTokens,
    reads: usize,
) {
    {
        let mut call = pin!(operation.call(client, "dropped"));
        let mut played = pin!(server.until_played());
        std::future::poll_fn(|context| {
            assert!(call.as_mut().poll(context).is_pending(), "the call ended too early");
            played.as_mut().poll(context)
        })
        .await;
    }
    assert_eq!(server.ledger().count(operation, "dropped"), reads);
    // For so long, a connection that was being opened may still be finished for the next call.
    skip(5).await;
    until_tasks_alive(0).await;

    for name in ["next", "after"] {
        assert!(operation.is_response_to(name, &operation.call(client, name).await.unwrap()));
    }
    // The dropped call sent nothing later either.
    assert_eq!(server.ledger().count(operation, "dropped"), reads);
    assert_eq!(server.ledger().requests.len(), reads + 2);
    assert_eq!(alive_tasks(), 1 + SWEEPER, "only the pooled connection");
}

#[tokio::test]
async fn a_call_dropped_before_its_first_poll_sends_nothing() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client = client(server.http(), HyperTransport::new());
        drop(operation.call(&client, "dropped"));
        assert_eq!((alive_tasks(), server.ledger().connections), (0, 0));
    }
}

#[tokio::test]
async fn a_call_dropped_at_any_stage_sends_nothing_more() {
    for operation in Operation::BOTH {
        let response = operation.response("dropped");
        let part = |bytes: usize| Step::write(&response[..bytes]);
        let scripts: [(usize, Script); 5] = [
            (0, vec![Step::ReadBytes(1), Step::Stall]),
            (1, vec![Step::Read, Step::Stall]),
            (1, vec![Step::Read, part(10), Step::Stall]),
            (1, vec![Step::Read, part(150), Step::Stall]),
            (1, vec![Step::Read, part(response.len() - 1), Step::Stall]),
        ];
        for (reads, script) in scripts {
            let server = FaultServer::start(&[script]);
            let client = client(server.http(), HyperTransport::new());
            drop_when_played(operation, &server, &client, reads).await;
            server.until(|ledger| ledger.closed >= 1).await;
        }
    }
}

#[tokio::test]
async fn a_dropped_call_closes_its_pooled_connection() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[vec![
            Step::Read,
            Step::Respond,
            Step::Read,
            Step::Hold,
            Step::Respond,
        ]]);
        let client = client(server.http(), HyperTransport::new());
        operation.call(&client, "first").await.unwrap();
        assert_eq!(alive_tasks(), 1 + SWEEPER);
        let call = tokio::spawn(operation.call(&client, "dropped"));
        server.until(|ledger| ledger.requests.len() == 2).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        // The response is written when no call waits for it any more.
        server.release();
        for name in ["next", "after"] {
            assert!(operation.is_response_to(name, &operation.call(&client, name).await.unwrap()));
        }
        assert_eq!(
            (server.ledger().connections, server.ledger().count(operation, "dropped")),
            (2, 1)
        );
        until_tasks_alive(1 + SWEEPER).await;
    }
}

#[tokio::test]
async fn a_call_dropped_during_the_handshake_sends_nothing() {
    let authority = Authority::new();
    for operation in Operation::BOTH {
        let rest = vec![Step::Tls(authority.server(HTTP_1)), Step::Serve];
        let server = FaultServer::start_with(&[vec![Step::ReadBytes(1), Step::Stall]], rest);
        let client = client(server.https(), authority.transport());
        drop_when_played(operation, &server, &client, 0).await;
        server.until(|ledger| ledger.closed >= 1).await;
    }
}

#[tokio::test]
async fn a_call_dropped_over_http2_retires_its_connection() {
    let authority = Authority::new();
    for operation in Operation::BOTH {
        let streams = vec![Stream::Hold, Stream::Stall];
        let tls = Step::Tls(authority.server(HTTP_2));
        let server = FaultServer::start_with(
            &[vec![tls.clone(), Step::Http2(streams)]],
            vec![tls, Step::Http2(Vec::new())],
        );
        let client = client(server.https(), authority.transport());
        let other = tokio::spawn(operation.call(&client, "other"));
        server.until(|ledger| ledger.requests.len() == 1).await;
        let call = tokio::spawn(operation.call(&client, "dropped"));
        server.until(|ledger| ledger.requests.len() == 2).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        // Nothing shows that the server will ever respond there, so the next call connects anew.
        for name in ["next", "after"] {
            assert!(operation.is_response_to(name, &operation.call(&client, name).await.unwrap()));
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 4));
        // The calls that the old connection has may finish. Then it closes.
        server.release();
        assert!(operation.is_response_to("other", &other.await.unwrap().unwrap()));
        server.until(|ledger| ledger.closed == 1).await;
        drop(client);
        until_tasks_alive(0).await;
    }
}

#[tokio::test]
async fn a_call_dropped_during_a_retry_delay_is_not_sent_again() {
    for operation in Operation::BOTH {
        let response =
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n";
        let server = FaultServer::start(&[vec![
            Step::ReadWithoutEffect,
            Step::write(response),
            Step::Serve,
        ]]);
        let timer = ManualTimer::new();
        let client = client_with(server.http(), HyperTransport::new(), timer.clone());
        {
            let mut call = pin!(operation.call(&client, "dropped"));
            std::future::poll_fn(|context| {
                assert!(call.as_mut().poll(context).is_pending());
                if timer.sleeping() == [Duration::from_secs(5)] {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
        assert!(timer.sleeping().is_empty());
        timer.advance(Duration::from_secs(60));
        assert!(operation.is_response_to("next", &operation.call(&client, "next").await.unwrap()));
        let ledger = server.ledger();
        assert_eq!((ledger.count(operation, "dropped"), ledger.requests.len()), (1, 2));
        assert_eq!(alive_tasks(), 1 + SWEEPER);
    }
}

#[tokio::test]
async fn a_dropped_client_leaves_no_task_and_no_connection() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client = client(server.http(), HyperTransport::new());
        operation.call(&client, "c").await.unwrap();
        drop(client);
        until_tasks_alive(0).await;
        server.until(|ledger| ledger.closed == 1).await;
    }
}

/// Has each of these calls end while its request is being written.
async fn end_midway(calls: Vec<JoinHandle<Result<ActorToken, Error>>>, timer: &ManualTimer) {
    while timer.sleeping().len() < calls.len() {
        tokio::task::yield_now().await;
    }
    // The callers drop one half of the calls, and the other half reach their limits.
    for call in calls.iter().step_by(2) {
        call.abort();
    }
    timer.advance(Duration::from_secs(10));
    for call in calls {
        if let Ok(result) = call.await {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Timeout(_)) && error.is_ambiguous(), "{error:?}");
        }
    }
}

/// How many large calls are made at once.
const CALLS: usize = 6;

fn large_creates(client: &ActorTokens) -> Vec<JoinHandle<Result<ActorToken, Error>>> {
    let command = large_command("large");
    (0..CALLS).map(|_| tokio::spawn(client.create(command.clone()))).collect()
}

#[tokio::test]
async fn a_request_that_is_being_written_ends_with_its_call() {
    let script = vec![Step::ReadBytes(512), Step::Hold, Step::Read];
    let server = FaultServer::start(&vec![script; CALLS]);
    let timer = ManualTimer::new();
    let client = client_with(server.http(), HyperTransport::new(), timer.clone());
    let calls = large_creates(&client);
    server.until(|ledger| ledger.pending_steps == CALLS).await;
    end_midway(calls, &timer).await;
    until_tasks_alive(0).await;

    // The server goes on reading, and finds that every request was cut.
    (0..CALLS).for_each(|_| server.release());
    server.until_played().await;
    server.until(|ledger| ledger.closed == CALLS).await;
    assert_eq!(server.ledger().requests.len(), 0);
}

#[tokio::test]
async fn a_request_that_is_being_written_over_http2_ends_with_its_call() {
    let authority = Authority::new();
    let streams = vec![Stream::ReadLate; CALLS];
    let script = vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(streams)];
    let server = FaultServer::start(&[script]);
    let timer = ManualTimer::new();
    let client = client_with(server.https(), authority.transport(), timer.clone());
    let calls = large_creates(&client);
    server.until(|ledger| ledger.open_streams == CALLS).await;
    end_midway(calls, &timer).await;

    (0..CALLS).for_each(|_| server.release());
    server.until(|ledger| ledger.open_streams == 0).await;
    assert_eq!(server.ledger().requests.len(), 0);
}

#[tokio::test]
async fn an_http2_connection_ends_with_its_last_user() {
    // SETTINGS and a WINDOW_UPDATE that allow all data at once; then the server reads no more.
    let frames: &[u8] = &[
        0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff, //
        0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0xff, 0, 0,
    ];
    let authority = Authority::new();
    let server = FaultServer::start(&[vec![
        Step::Tls(authority.server(HTTP_2)),
        Step::Write(Bytes::from_static(frames)),
        // More than the client may send before it has read these frames.
        Step::ReadBytes(100_000),
        Step::Hold,
        Step::Stall,
    ]]);
    let timer = ManualTimer::new();
    let client = client_with(server.https(), authority.transport(), timer.clone());
    let calls = large_creates(&client);
    server.until(|ledger| ledger.pending_steps == 1).await;
    // Then the other calls need only their turns to be sent.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    // No ping reveals that the server is silent.
    tokio::time::pause();
    end_midway(calls, &timer).await;
    drop(client);
    until_tasks_alive(0).await;

    server.release();
    server.until(|ledger| ledger.closed == 1).await;
    assert!(server.ledger().unread < LARGE, "{:?}", server.ledger());
}

/// Starts a server that finishes its TLS handshakes late, one for each release.
fn slow_to_connect(authority: &Authority) -> FaultServer {
    let config = authority.server(HTTP_1);
    FaultServer::start_with(&[], vec![Step::Hold, Step::Tls(config), Step::Serve])
}

#[tokio::test]
async fn a_connection_is_finished_for_the_next_call() {
    let authority = Authority::new();
    for is_next_waiting in [false, true] {
        let server = slow_to_connect(&authority);
        let client = client(server.https(), authority.transport());
        // The limits of a call are shorter than the handshake.
        let dropped = tokio::spawn(Operation::Create.call(&client, "dropped"));
        server.until(|ledger| ledger.connections == 1).await;
        dropped.abort();
        assert!(dropped.await.unwrap_err().is_cancelled());

        let next = Operation::Create.call(&client, "next").retries(RetryConfig::none());
        let next = if is_next_waiting {
            let next = tokio::spawn(next);
            server.until(|ledger| ledger.connections == 2).await;
            server.release();
            next.await.unwrap()
        } else {
            server.release();
            server.until(|ledger| ledger.handshakes == 1).await;
            next.await
        };
        assert!(Operation::Create.is_response_to("next", &next.unwrap()));
        let ledger = server.ledger();
        assert_eq!(ledger.connections, 1 + usize::from(is_next_waiting));
        assert_eq!((ledger.requests.len(), ledger.requests[0].connection), (1, 0));
    }
}

#[tokio::test]
async fn connections_that_were_begun_for_dropped_calls_end_with_the_client() {
    let authority = Authority::new();
    let server = slow_to_connect(&authority);
    let client = client(server.https(), authority.transport());
    // The server is known to speak HTTP/1.1, so that each call connects.
    server.release();
    Operation::Create.call(&client, "first").await.unwrap();
    skip(4).await;
    until_tasks_alive(0).await;

    let calls: Vec<_> =
        (0..60).map(|n| tokio::spawn(Operation::Create.call(&client, &format!("c{n}")))).collect();
    server.until(|ledger| ledger.connections == 61).await;
    for call in calls {
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    assert_eq!(alive_tasks(), 60);
    // They end with their own timeout, or with the client.
    drop(client);
    until_tasks_alive(0).await;
}

#[test]
fn calls_that_wait_for_a_connection_may_be_dropped_without_their_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let authority = Authority::new();
    let server = FaultServer::start_with(
        &[vec![Step::ReadBytes(1), Step::Stall]],
        vec![Step::Tls(authority.server(HTTP_1)), Step::Serve],
    );
    let client = client(server.https(), authority.transport());
    let gone = runtime();
    let mut calls: Vec<_> =
        (0..3).map(|_| Box::pin(Operation::Create.call(&client, "dropped"))).collect();
    gone.block_on(async {
        for call in &mut calls {
            let poll = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending());
        }
        server.until_played().await;
    });
    // One is dropped while its runtime is idle, and two after their runtime.
    drop(calls.pop());
    drop(gone);
    drop(calls);
    let call = Operation::Create.call(&client, "next");
    assert!(Operation::Create.is_response_to("next", &runtime().block_on(call).unwrap()));
    assert_eq!(server.ledger().requests.len(), 1);
}
