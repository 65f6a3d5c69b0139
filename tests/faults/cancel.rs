use std::{future::Future as _, pin::pin, task::Poll, time::Duration};

use clerk_core::ActorTokens;
use clerk_tests::{
    client::{client, client_with},
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;

use crate::tasks::{alive_tasks, until_tasks_alive};

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
    until_tasks_alive(0).await;

    for name in ["next", "after"] {
        assert!(operation.is_response_to(name, &operation.call(client, name).await.unwrap()));
    }
    // The dropped call sent nothing later either.
    assert_eq!(server.ledger().count(operation, "dropped"), reads);
    assert_eq!(server.ledger().requests.len(), reads + 2);
    assert_eq!(alive_tasks(), 1, "only the pooled connection");
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
        assert_eq!(alive_tasks(), 1);
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
        until_tasks_alive(1).await;
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
async fn a_call_dropped_over_http2_leaves_the_connection_to_others() {
    let authority = Authority::new();
    for operation in Operation::BOTH {
        let script = vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(vec![Stream::Stall])];
        let server = FaultServer::start(&[script]);
        let client = client(server.https(), authority.transport());
        let call = tokio::spawn(operation.call(&client, "dropped"));
        server.until(|ledger| ledger.requests.len() == 1).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        for name in ["next", "after"] {
            assert!(operation.is_response_to(name, &operation.call(&client, name).await.unwrap()));
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 3));
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
        assert_eq!(alive_tasks(), 1);
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
