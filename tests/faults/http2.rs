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
    client::{client, immediate_retries, transport_error},
    fault_server::{FaultServer, Script, Step, Stream},
    operation::Operation,
    tls::{Authority, HTTP_2},
};
use h2::Reason;

/// One server identity for all connections of a test.
struct Over {
    authority: Authority,
    tls: Step,
}

impl Over {
    fn tls() -> Self {
        let authority = Authority::new();
        let tls = Step::Tls(authority.server(HTTP_2));
        Self { authority, tls }
    }

    fn script(&self, streams: &[Stream]) -> Script {
        vec![self.tls.clone(), Step::Http2(streams.to_vec())]
    }

    /// A server whose connections so begin; those after them are served.
    fn server(&self, scripts: &[Script]) -> FaultServer {
        FaultServer::start_with(scripts, self.script(&[]))
    }

    fn client(&self, server: &FaultServer) -> ActorTokens {
        client(server.https(), self.authority.transport())
    }
}

#[tokio::test]
async fn a_stream_that_was_refused_was_not_processed_and_is_sent_again() {
    let over = Over::tls();
    for operation in Operation::BOTH {
        let server = over.server(&[over.script(&[Stream::Refuse(Reason::REFUSED_STREAM)])]);
        let client = over.client(&server);
        let token = operation.call(&client, "c").await.unwrap();
        assert!(operation.is_response_to("c", &token));
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 1));

        let server = over.server(&[over.script(&[Stream::Refuse(Reason::REFUSED_STREAM); 3])]);
        let error = operation.call(&over.client(&server), "c").await.unwrap_err();
        assert_eq!(transport_error(&error).sent(), Sent::No, "{error:?}");
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 0));
    }
}

/// Faults after which nobody can tell: what one attempt says, and that a revoke is sent again where
/// a create is not.
async fn leaves_it_open(
    stream: Stream,
    connections: usize,
    reads: usize,
    kinds: &[clerk_core::TransportErrorKind],
    status: Option<u16>,
) {
    let over = Over::tls();
    for operation in Operation::BOTH {
        let server = over.server(&[over.script(&[stream])]);
        let call = operation.call(&over.client(&server), "c").retries(RetryConfig::none());
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

        let server = over.server(&[over.script(&[stream])]);
        let result = operation.call(&over.client(&server), "c").await;
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
async fn a_stream_that_was_reset_for_any_other_reason_may_have_been_processed() {
    for reason in [
        Reason::NO_ERROR,
        Reason::PROTOCOL_ERROR,
        Reason::INTERNAL_ERROR,
        Reason::CANCEL,
        Reason::ENHANCE_YOUR_CALM,
        Reason::HTTP_1_1_REQUIRED,
    ] {
        leaves_it_open(Stream::Reset(reason), 1, 1, &[Io], None).await;
        leaves_it_open(Stream::Refuse(reason), 1, 0, &[Io], None).await;
        // To reset a stream without an error is to end it, but for the length that was promised.
        let kind = if reason == Reason::NO_ERROR { Incomplete } else { Io };
        leaves_it_open(Stream::RespondInPart(10, reason), 1, 1, &[kind], Some(200)).await;
    }
}

#[tokio::test]
async fn a_stream_that_is_refused_when_its_answer_has_begun_was_processed_all_the_same() {
    leaves_it_open(Stream::RespondInPart(10, Reason::REFUSED_STREAM), 1, 1, &[Io], Some(200)).await;
}

#[tokio::test]
async fn a_connection_that_ends_under_its_streams_leaves_it_open_what_was_done() {
    leaves_it_open(Stream::Fin, 2, 1, &[Io, Incomplete], None).await;
    leaves_it_open(Stream::ResetConnection, 2, 1, &[Io], None).await;
    leaves_it_open(Stream::GoAway(Reason::NO_ERROR), 2, 1, &[Io], None).await;
    leaves_it_open(Stream::GoAway(Reason::INTERNAL_ERROR), 2, 1, &[Io], None).await;
}

#[tokio::test]
async fn a_goodbye_before_the_request_was_read_is_no_second_create() {
    // SETTINGS, and GOAWAY with no stream processed: written when the request has arrived, and read
    // by nobody.
    let frames: &[u8] = &[
        0, 0, 0, 4, 0, 0, 0, 0, 0, //
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let over = Over::tls();
    for operation in Operation::BOTH {
        let goodbye = vec![
            over.tls.clone(),
            Step::ReadBytes(150),
            Step::Write(Bytes::from_static(frames)),
            Step::Close,
        ];
        let server = over.server(&[goodbye]);
        let result = operation.call(&over.client(&server), "c").await;
        server.until_played().await;
        match operation {
            // It could be known that it was not processed; not to use that is the safe side.
            Operation::Create => {
                let error = result.unwrap_err();
                assert!(error.is_ambiguous() && error.attempts() == 1, "{error:?}");
                assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 0));
            }
            Operation::Revoke => {
                assert!(operation.is_response_to("c", &result.unwrap()));
                assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 1));
            }
        }
    }
}

#[tokio::test]
async fn a_call_after_a_goodbye_moves_to_another_connection_and_that_is_no_attempt() {
    let over = Over::tls();
    for operation in Operation::BOTH {
        let server = over.server(&[over.script(&[Stream::RespondAndGoAway])]);
        let client = over.client(&server);
        for name in ["first", "second", "third"] {
            let call = operation.call(&client, name).retries(RetryConfig::none());
            assert!(operation.is_response_to(name, &call.await.unwrap()));
            // The client goes on meanwhile: a server that says goodbye in order waits for it to
            // answer.
            server.until(|ledger| ledger.connections == 2 || ledger.closed == 1).await;
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 3));
    }
}

#[tokio::test]
async fn a_body_without_end_is_not_read_on_and_keeps_its_status() {
    let over = Over::tls();
    for operation in Operation::BOTH {
        for (status, ambiguous, again) in
            [(200, true, false), (404, false, false), (503, true, operation == Operation::Revoke)]
        {
            let server = over.server(&[over.script(&[Stream::RespondForever(status); 3])]);
            let error = operation
                .call(&over.client(&server), "c")
                .retries(immediate_retries())
                .await
                .unwrap_err();
            assert_eq!(transport_error(&error).kind(), TooLarge, "{error:?}");
            assert_eq!(error.status().unwrap().as_u16(), status);
            let attempts = if again { 3 } else { 1 };
            assert!(error.is_ambiguous() == ambiguous && error.attempts() == attempts, "{error:?}");
            let ledger = server.ledger();
            assert_eq!(ledger.requests.len(), attempts as usize);
            assert!(ledger.written < 12 * 1024 * 1024, "{ledger:?}");
        }
    }
}

#[tokio::test]
async fn a_client_that_goes_on_after_a_reset_stream_keeps_its_connection() {
    let over = Over::tls();
    let server = over.server(&[over.script(&[Stream::Reset(Reason::INTERNAL_ERROR)])]);
    let client = over.client(&server);
    let first = Operation::Create.call(&client, "first").await.unwrap_err();
    assert!(first.is_ambiguous());
    for operation in Operation::BOTH {
        assert!(operation.is_response_to("next", &operation.call(&client, "next").await.unwrap()));
    }
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 3));
}

/// Lets time pass, except for what is under way on a socket.
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_connection_that_nobody_used_for_four_seconds_is_not_used_again() {
    let over = Over::tls();
    for operation in Operation::BOTH {
        let server = over.server(&[]);
        let client = over.client(&server);
        for (pause, connections) in [(0, 1), (3, 1), (4, 2), (3, 2), (60, 3)] {
            later(pause).await;
            operation.call(&client, "c").await.unwrap();
            assert_eq!(server.ledger().connections, connections, "after {pause} s");
        }
    }
}

#[tokio::test]
async fn a_connection_does_not_age_while_a_call_is_on_it() {
    let over = Over::tls();
    for operation in Operation::BOTH {
        let server = over.server(&[over.script(&[Stream::Hold])]);
        let client = over.client(&server);
        let long = tokio::spawn(operation.call(&client, "long"));
        server.until(|ledger| ledger.requests.len() == 1).await;
        later(4).await;
        operation.call(&client, "meanwhile").await.unwrap();
        later(3).await;
        server.release();
        assert!(operation.is_response_to("long", &long.await.unwrap().unwrap()));
        // It counts from the end of the last call, not from its beginning.
        later(3).await;
        operation.call(&client, "after").await.unwrap();
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 3));
    }
}

#[tokio::test]
async fn who_finds_an_old_connection_closed_leaves_the_new_one_alone() {
    let over = Over::tls();
    let server = over.server(&[over.script(&[Stream::Respond, Stream::Fin])]);
    let client = over.client(&server);
    Operation::Create.call(&client, "first").await.unwrap();
    let mut late = pin!(Operation::Create.call(&client, "late").retries(RetryConfig::none()));
    // It has been given the connection, and is left alone with it.
    assert!(late.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert!(Operation::Create.call(&client, "lost").await.unwrap_err().is_ambiguous());
    Operation::Create.call(&client, "new").await.unwrap();
    assert!(Operation::Create.is_response_to("late", &late.await.unwrap()));
    Operation::Create.call(&client, "last").await.unwrap();
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 5));
}

#[tokio::test]
async fn the_end_of_a_call_on_an_old_connection_does_not_keep_the_new_one_young() {
    let over = Over::tls();
    let server = over.server(&[over.script(&[Stream::Hold, Stream::RespondAndGoAway])]);
    let client = over.client(&server);
    let long = tokio::spawn(Operation::Create.call(&client, "long"));
    server.until(|ledger| ledger.requests.len() == 1).await;
    Operation::Create.call(&client, "goodbye").await.unwrap();
    // The response may arrive before the GOAWAY, and the next call still use the old connection.
    let mut requests = 2;
    while server.ledger().connections == 1 {
        Operation::Create.call(&client, "new").await.unwrap();
        requests += 1;
    }
    later(3).await;
    server.release();
    long.await.unwrap().unwrap();
    later(3).await;
    Operation::Create.call(&client, "newer").await.unwrap();
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (3, requests + 1));
}

#[test]
fn each_runtime_has_a_connection_of_its_own() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (one, other, over) = (runtime(), runtime(), Over::tls());
    let server = one.block_on(async { over.server(&[]) });
    let client = over.client(&server);
    for (runtime, name, connections) in
        [(&one, "a", 1), (&other, "b", 2), (&one, "c", 2), (&other, "d", 2)]
    {
        runtime
            .block_on(Operation::Create.call(&client, name).retries(RetryConfig::none()))
            .unwrap();
        assert_eq!(server.ledger().connections, connections, "{name}");
    }
}
