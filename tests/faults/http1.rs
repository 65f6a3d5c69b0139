use bytes::Bytes;
use clerk_core::{
    ActorTokens, Error, Sent,
    TransportErrorKind::{Incomplete, Io, Other, TooLarge},
};
use clerk_tests::{
    client::{client, transport_error},
    fault_case::FaultCase,
    fault_server::{FaultServer, Script, Step},
    operation::Operation,
};
use clerk_transport_hyper::HyperTransport;

/// More than the kernel buffers on both sides of a connection.
const KERNEL_BUFFERS: usize = 12 * 1024 * 1024;

/// What gzip makes of an empty input.
const EMPTY_GZIP: [u8; 20] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn default_client(server: &FaultServer) -> ActorTokens {
    client(server.http(), HyperTransport::new())
}

fn after_reading(rest: impl IntoIterator<Item = Step>) -> Script {
    [Step::Read].into_iter().chain(rest).collect()
}

#[tokio::test]
async fn a_connection_that_ends_before_the_response_is_ambiguous() {
    for (step, how, kind) in [(Step::Close, "closed", Incomplete), (Step::Reset, "reset", Io)] {
        for bytes in [1, 20, 200] {
            let name = format!("{how} after {bytes} bytes of the request");
            let script = vec![Step::ReadBytes(bytes), step.clone()];
            FaultCase::ambiguous(&name, script, 0, kind).check(default_client).await;
        }
        let name = format!("{how} after the request");
        FaultCase::ambiguous(&name, after_reading([step]), 1, kind).check(default_client).await;
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_is_ambiguous() {
    for garbage in [
        "garbage\r\n\r\n",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let script = after_reading([Step::write(garbage), Step::Stall]);
        FaultCase::ambiguous(garbage, script, 1, Other).check(default_client).await;
    }
}

#[tokio::test]
async fn endless_headers_are_ambiguous() {
    let endless = Step::WriteForever(Bytes::from("x-header: some value\r\n".repeat(100)));
    let script = after_reading([Step::write("HTTP/1.1 200 OK\r\n"), endless]);
    FaultCase::ambiguous("endless headers", script, 1, Other).check(default_client).await;
    let endless = Step::WriteForever(Bytes::from(vec![b'x'; 4096]));
    for start in ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nx-", "HTTP/1.1 200 OK\r\nx: "] {
        let script = after_reading([Step::write(start), endless.clone()]);
        FaultCase::ambiguous(start, script, 1, Other).check(default_client).await;
    }
}

#[tokio::test]
async fn an_incomplete_or_malformed_body_keeps_its_head() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nclerk-trace-id: trace_1\r\n";
    for (framing, end, kind) in [
        ("content-length: 1000\r\n\r\n{", Step::Close, Incomplete),
        ("content-length: 1000\r\n\r\n{", Step::Reset, Io),
        ("transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", Step::Close, Incomplete),
        ("transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", Step::Reset, Io),
        ("transfer-encoding: chunked\r\n\r\n5\r\n{", Step::Close, Incomplete),
        ("transfer-encoding: chunked\r\n\r\nzz\r\n{\r\n", Step::Stall, Other),
        ("transfer-encoding: chunked\r\n\r\n-1\r\n{\r\n", Step::Stall, Other),
        ("transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n", Step::Stall, Other),
        ("transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{\r\n", Step::Stall, Other),
        ("\r\n{", Step::Reset, Io),
    ] {
        let script = after_reading([Step::write(&format!("{HEAD}{framing}")), Step::Hold, end]);
        let case = FaultCase::ambiguous(framing, script, 1, kind).with_status(200);
        case.check(|server| {
            // One for each connection that there may be. The client reads the head before the
            // connection ends.
            (0..3).for_each(|_| server.release());
            default_client(server)
        })
        .await;
    }
}

#[tokio::test]
async fn endless_chunk_extensions_and_trailers_are_ambiguous() {
    let head = "HTTP/1.1 200 OK\r\nclerk-trace-id: trace_1\r\ntransfer-encoding: chunked\r\n\r\n1;";
    let script =
        after_reading([Step::write(head), Step::WriteForever(Bytes::from(vec![b'x'; 4096]))]);
    FaultCase::ambiguous("endless extension", script, 1, Other)
        .with_status(200)
        .check(default_client)
        .await;
    let script = after_reading([
        Step::write(
            "HTTP/1.1 200 OK\r\nclerk-trace-id: trace_1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
        ),
        Step::WriteForever(Bytes::from("x-trailer: x\r\n".repeat(100))),
    ]);
    FaultCase::ambiguous("endless trailers", script, 1, Other)
        .with_status(200)
        .check(default_client)
        .await;
}

/// Ends the response after each of its bytes but the last: no prefix is a success, and a create is
/// never sent twice.
async fn end_after_every_byte(end: Step, kinds: &[clerk_core::TransportErrorKind]) {
    for operation in Operation::BOTH {
        let response = operation.response("c");
        let head = response.find("\r\n\r\n").unwrap() + 4;
        for bytes in 0..response.len() {
            let script = after_reading([Step::RespondInPart(bytes), end.clone()]);
            let server = FaultServer::start(&[script]);
            let result = operation.call(&default_client(&server), "c").await;
            server.until_played().await;
            let ledger = server.ledger();
            match operation {
                Operation::Revoke => {
                    assert!(operation.is_response_to("c", &result.unwrap()), "{bytes}");
                    assert_eq!(ledger.requests.len(), 2, "{bytes}");
                }
                Operation::Create => {
                    let error = result.expect_err("no success before the last byte");
                    assert!(kinds.contains(&transport_error(&error).kind()), "{bytes}: {error:?}");
                    assert_eq!(transport_error(&error).sent(), Sent::Maybe, "{bytes}");
                    assert!(error.is_ambiguous() && error.attempts() == 1, "{bytes}: {error:?}");
                    let status = (bytes >= head).then_some(200);
                    assert_eq!(error.status().map(|status| status.as_u16()), status, "{bytes}");
                    assert_eq!(ledger.requests.len(), 1, "{bytes}");
                    assert_eq!(ledger.connections, 1, "{bytes}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_response_closed_after_any_byte_but_the_last_is_not_a_success() {
    end_after_every_byte(Step::Fin, &[Incomplete]).await;
}

#[tokio::test]
async fn a_response_reset_after_any_byte_but_the_last_is_not_a_success() {
    end_after_every_byte(Step::Reset, &[Io]).await;
}

#[tokio::test]
async fn a_complete_response_is_a_success_even_if_the_connection_ends() {
    for operation in Operation::BOTH {
        for end in [Step::Close, Step::Reset] {
            let server = FaultServer::start(&[after_reading([Step::Respond, end])]);
            let token = operation.call(&default_client(&server), "c").await.unwrap();
            assert!(operation.is_response_to("c", &token));
            server.until_played().await;
            assert_eq!(server.ledger().requests.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_response_is_read_however_it_is_framed_and_split() {
    for operation in Operation::BOTH {
        let response = operation.response("c");
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        let chunks = body
            .chars()
            .map(|character| format!("1\r\n{character}\r\n"))
            .collect::<Vec<_>>()
            .concat();
        for response in [
            response.clone(),
            format!(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n{response}"
            ),
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\nx-trailer: x\r\n\r\n"
            ),
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}"),
            format!("HTTP/1.0 200 OK\r\n\r\n{body}"),
        ] {
            let length = response.len();
            let server =
                FaultServer::start(&[after_reading([Step::Drip(response.into()), Step::Close])]);
            (0..length).for_each(|_| server.release());
            let token = operation.call(&default_client(&server), "c").await.unwrap();
            assert!(operation.is_response_to("c", &token));
            server.until_played().await;
            assert_eq!(server.ledger().requests.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_keeps_its_status() {
    let much = Bytes::from(vec![b'x'; 64 * 1024]);
    let chunk = Bytes::from(format!("10000\r\n{}\r\n", "x".repeat(64 * 1024)));
    for (framing, body) in [
        ("content-length: 1048577", much.clone()),
        ("content-length: 100000000000", much.clone()),
        ("transfer-encoding: chunked", chunk.clone()),
        ("connection: close", much.clone()),
        ("content-encoding: gzip\r\ntransfer-encoding: chunked", chunk),
    ] {
        for status in [200, 201, 400, 404, 500, 503] {
            let head =
                format!("HTTP/1.1 {status} Any\r\nclerk-trace-id: trace_1\r\n{framing}\r\n\r\n");
            let script = after_reading([Step::write(&head), Step::WriteForever(body.clone())]);
            let case = FaultCase::ambiguous(&head, script, 1, TooLarge).with_status(status);
            let case = match status {
                200 | 201 => case.not_retried(),
                400 | 404 => case.not_retried().rejected(),
                _ => case,
            };
            case.check(default_client).await;
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_read_up_to_the_limit() {
    let chunk = Bytes::from(format!("10000\r\n{}\r\n", "x".repeat(64 * 1024)));
    for operation in Operation::BOTH {
        let head = Step::write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let server =
            FaultServer::start(&[after_reading([head, Step::WriteForever(chunk.clone())])]);
        let error = operation.call(&default_client(&server), "c").await.unwrap_err();
        assert_eq!(transport_error(&error).kind(), TooLarge);
        server.until(|ledger| ledger.closed == 1).await;
        let written = server.ledger().written;
        assert!(written > 1024 * 1024 && written < KERNEL_BUFFERS, "{written}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_not_decompressed() {
    let head = format!(
        "HTTP/1.1 200 OK\r\nclerk-trace-id: trace_1\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        EMPTY_GZIP.len()
    );
    let body = Bytes::from_static(&EMPTY_GZIP);
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[after_reading([
            Step::write(&head),
            Step::Write(body.clone()),
            Step::Stall,
        ])]);
        let error = operation.call(&default_client(&server), "c").await.unwrap_err();
        let Error::Unexpected(unexpected) = &error else { panic!("{error:?}") };
        assert_eq!(
            (unexpected.status().as_u16(), unexpected.body_length()),
            (200, EMPTY_GZIP.len())
        );
        assert!(
            error.is_ambiguous() && error.attempts() == 1 && error.trace_id() == Some("trace_1")
        );
        assert_eq!(server.ledger().requests.len(), 1);
    }
}

#[tokio::test]
async fn bytes_beyond_the_content_length_never_reach_the_next_call() {
    for operation in Operation::BOTH {
        let response = operation.response("c");
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        let response =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len() - 10);
        let server = FaultServer::start(&[after_reading([Step::write(&response), Step::Stall])]);
        let client = default_client(&server);
        let error = operation.call(&client, "c").await.unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)) && error.is_ambiguous(), "{error:?}");
        for name in ["d", "e"] {
            let token = operation.call(&client, name).await.unwrap();
            assert!(operation.is_response_to(name, &token), "{token:?}");
        }
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 3));
    }
}

#[tokio::test]
async fn a_second_response_never_reaches_the_next_call() {
    for operation in Operation::BOTH {
        let stranger = operation.response("stranger");
        for surplus in [
            stranger.as_str(),
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n",
            "x",
            "\r\n",
        ] {
            // In one piece with the response, and apart from it.
            for apart in [false, true] {
                let mut script = vec![Step::Read, Step::Respond, Step::write(surplus), Step::Stall];
                if !apart {
                    let both = operation.response("c") + surplus;
                    script = vec![Step::Read, Step::write(&both), Step::Stall];
                }
                let server = FaultServer::start(&[script]);
                let client = default_client(&server);
                let first = operation.call(&client, "c").await.unwrap();
                assert!(operation.is_response_to("c", &first));
                if apart {
                    // The surplus is certain to be on its way.
                    server.block_until(|ledger| ledger.pending_steps == 0);
                }
                for name in ["d", "e"] {
                    let token = operation.call(&client, name).await.unwrap();
                    assert!(operation.is_response_to(name, &token), "{surplus:?}: {token:?}");
                }
                server.until_played().await;
                let ledger = server.ledger();
                assert_eq!(
                    (ledger.connections, ledger.requests.len(), ledger.unread),
                    (2, 3, 0),
                    "{surplus:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_unexpected_informational_status_is_an_ambiguous_error() {
    for operation in Operation::BOTH {
        let response = "HTTP/1.1 101 Switching Protocols\r\nclerk-trace-id: trace_1\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
        let server = FaultServer::start(&[after_reading([Step::write(response), Step::Stall])]);
        let client = default_client(&server);
        let error = operation.call(&client, "c").await.unwrap_err();
        assert!(
            matches!(&error, Error::Unexpected(unexpected) if unexpected.status().as_u16() == 101),
            "{error:?}"
        );
        assert!(
            error.is_ambiguous() && error.attempts() == 1 && error.trace_id() == Some("trace_1")
        );
        assert!(operation.is_response_to("d", &operation.call(&client, "d").await.unwrap()));
        assert_eq!((server.ledger().connections, server.ledger().requests.len()), (2, 2));
    }
}
