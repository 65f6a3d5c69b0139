use clerk_core::{ActorTokens, RetryConfig, Sent, TransportErrorKind};
use clerk_tests::{
    client::{client, command, transport_error},
    fault_server::{FaultServer, Step, Stream},
    operation::Operation,
};
use clerk_transport_tower::TowerTransport;
use h2::Reason;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

fn server(streams: &[Stream]) -> FaultServer {
    FaultServer::start_with(&[], vec![Step::Http2(streams.to_vec())])
}

/// Returns a client over the client of hyper-util, which speaks nothing but HTTP/2.
fn http2_client(server: &FaultServer) -> ActorTokens {
    let http2 = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    client(server.http(), TowerTransport::new(http2))
}

#[tokio::test]
async fn both_operations_work() {
    for operation in Operation::BOTH {
        let server = server(&[]);
        let token = operation.call(&http2_client(&server), "c").await.unwrap();
        assert!(operation.is_response_to("c", &token), "{token:?}");
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_may_have_been_processed() {
    // hyper-util does not say which of them the server has refused, so none of them is certain.
    for stream in [
        Stream::Refuse(Reason::REFUSED_STREAM),
        Stream::Reset(Reason::INTERNAL_ERROR),
        Stream::RespondInPart(10, Reason::CANCEL),
    ] {
        let server = server(&[stream]);
        let client = http2_client(&server);
        let error = client.create(command("c")).await.unwrap_err();
        let inner = transport_error(&error);
        let found = (inner.kind(), inner.sent(), error.attempts());
        assert_eq!(found, (TransportErrorKind::Other, Sent::Maybe, 1), "{error:?}");
        let is_partial = matches!(stream, Stream::RespondInPart(..));
        assert_eq!(error.status().is_some(), is_partial, "{error:?}");
        assert!(error.is_ambiguous(), "{error:?}");

        // The connection goes on.
        let call = client.create(command("next"));
        assert!(call.retries(RetryConfig::none()).await.is_ok());
        assert_eq!(server.ledger().connections, 1);
    }
}

#[tokio::test]
async fn a_dropped_call_ends_its_stream() {
    let server = server(&[Stream::Stall]);
    let client = http2_client(&server);
    let call = tokio::spawn(Operation::Create.call(&client, "dropped"));
    server.until(|ledger| ledger.requests.len() == 1 && ledger.open_streams == 1).await;
    call.abort();
    server.until(|ledger| ledger.open_streams == 0).await;
    assert!(Operation::Create.call(&client, "next").await.is_ok());
    assert_eq!((server.ledger().connections, server.ledger().requests.len()), (1, 2));
}
