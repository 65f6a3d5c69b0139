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
use tokio::runtime::Handle;

use crate::pool::tasks_come_down_to;

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Polls the call by hand until the server is so far, and drops it there. Then makes another, which
/// must get its own answer.
async fn dropped(
    operation: Operation,
    server: &FaultServer,
    client: &ActorTokens,
    reads: usize,
    tasks_kept: usize,
) {
    {
        let mut call = pin!(operation.call(client, "dropped"));
        let mut so_far = pin!(server.until(|ledger| ledger.pending_steps == 0));
        std::future::poll_fn(|context| {
            assert!(call.as_mut().poll(context).is_pending(), "it was over too early");
            so_far.as_mut().poll(context)
        })
        .await;
    }
    assert_eq!(server.ledger().count(operation, "dropped"), reads);
    tasks_come_down_to(tasks_kept).await;

    for name in ["next", "after"] {
        assert!(operation.is_response_to(name, &operation.call(client, name).await.unwrap()));
    }
    // Nothing of it was sent later on.
    assert_eq!(server.ledger().count(operation, "dropped"), reads);
    assert_eq!(server.ledger().requests.len(), reads + 2);
    assert_eq!(tasks(), 1, "the one connection in the pool");
}

#[tokio::test]
async fn a_call_that_is_dropped_before_it_is_polled_sends_nothing() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client = client(server.http(), HyperTransport::new());
        drop(operation.call(&client, "dropped"));
        assert_eq!((tasks(), server.ledger().connections), (0, 0));
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_at_any_stage_goes_no_further_and_its_answer_reaches_nobody() {
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
            dropped(operation, &server, &client, reads, 0).await;
            server.until(|ledger| ledger.closed >= 1).await;
        }
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_on_a_connection_from_the_pool_takes_the_connection_with_it() {
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
        assert_eq!(tasks(), 1);
        let call = tokio::spawn(operation.call(&client, "dropped"));
        server.until(|ledger| ledger.requests.len() == 2).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        // Its answer is written when nobody waits for it any more.
        server.release();
        for name in ["next", "after"] {
            assert!(operation.is_response_to(name, &operation.call(&client, name).await.unwrap()));
        }
        assert_eq!(
            (server.ledger().connections, server.ledger().count(operation, "dropped")),
            (2, 1)
        );
        tasks_come_down_to(1).await;
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_in_the_handshake_sends_nothing() {
    let authority = Authority::new();
    for operation in Operation::BOTH {
        let rest = vec![Step::Tls(authority.server(HTTP_1)), Step::Serve];
        let server = FaultServer::start_with(&[vec![Step::ReadBytes(1), Step::Stall]], rest);
        let client = client(server.https(), authority.transport());
        dropped(operation, &server, &client, 0, 0).await;
        server.until(|ledger| ledger.closed >= 1).await;
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_over_http2_ends_its_stream_and_leaves_the_connection_to_others() {
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
        tasks_come_down_to(0).await;
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_in_its_pause_is_not_sent_again() {
    for operation in Operation::BOTH {
        let refusal =
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n";
        let server =
            FaultServer::start(&[vec![Step::ReadWithoutEffect, Step::write(refusal), Step::Serve]]);
        let timer = ManualTimer::new();
        let client = client_with(server.http(), HyperTransport::new(), timer.clone());
        {
            let mut call = pin!(operation.call(&client, "dropped"));
            std::future::poll_fn(|context| {
                assert!(call.as_mut().poll(context).is_pending());
                let in_its_pause = timer.sleeping() == [Duration::from_secs(5)];
                if !in_its_pause {
                    context.waker().wake_by_ref();
                }
                if in_its_pause { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
        assert!(timer.sleeping().is_empty());
        timer.advance(Duration::from_secs(60));
        assert!(operation.is_response_to("next", &operation.call(&client, "next").await.unwrap()));
        let ledger = server.ledger();
        assert_eq!((ledger.count(operation, "dropped"), ledger.requests.len()), (1, 2));
        assert_eq!(tasks(), 1);
    }
}

#[tokio::test]
async fn a_client_that_is_dropped_leaves_no_task_and_no_connection_behind() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client = client(server.http(), HyperTransport::new());
        operation.call(&client, "c").await.unwrap();
        drop(client);
        tasks_come_down_to(0).await;
        server.until(|ledger| ledger.closed == 1).await;
    }
}
