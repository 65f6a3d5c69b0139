use std::net::TcpListener;

use bytes::Bytes;
use clerk_core::{
    ActorTokens,
    TransportErrorKind::{Connect, Incomplete, Io, Other, TooLarge},
};
use clerk_tests::{
    client::{client, transport_error},
    fault_case::FaultCase,
    fault_server::{FaultServer, Script, Step},
    operation::Operation,
};

use crate::transports;

/// Checks a case with a client over each transport.
async fn check(case: FaultCase) {
    for index in 0..transports::all().len() {
        let client = |server: &FaultServer| -> ActorTokens {
            let (_, transport) = transports::all().into_iter().nth(index).unwrap();
            client(server.http(), transport)
        };
        case.check(client).await;
    }
}

fn after_reading(rest: impl IntoIterator<Item = Step>) -> Script {
    [Step::Read].into_iter().chain(rest).collect()
}

#[tokio::test]
async fn a_connection_that_ends_before_the_response_is_ambiguous() {
    for (how, step, kind) in [("closed", Step::Fin, Incomplete), ("reset", Step::Reset, Io)] {
        check(FaultCase::ambiguous(how, after_reading([step]), 1, kind)).await;
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_is_ambiguous() {
    let garbage = Step::write("SSH-2.0-OpenSSH\r\n\r\n");
    check(FaultCase::ambiguous("garbage", after_reading([garbage, Step::Stall]), 1, Other)).await;
}

#[tokio::test]
async fn an_incomplete_or_malformed_body_keeps_its_head() {
    const HEAD: &str = "HTTP/1.1 502 Bad Gateway\r\nclerk-trace-id: trace_1\r\n";
    for (rest, kind) in [
        ("content-length: 20\r\n\r\nbody", Incomplete),
        ("transfer-encoding: chunked\r\n\r\n4\r\nbody\r\n", Incomplete),
        ("transfer-encoding: chunked\r\n\r\nnot a size\r\n", Other),
    ] {
        let script = after_reading([Step::write(&format!("{HEAD}{rest}")), Step::Fin]);
        check(FaultCase::ambiguous(rest, script, 1, kind).with_status(502)).await;
    }
}

#[tokio::test]
async fn an_endless_body_is_read_up_to_the_limit() {
    let script = after_reading([
        Step::write("HTTP/1.1 502 Bad Gateway\r\nclerk-trace-id: trace_1\r\n\r\n"),
        Step::WriteForever(Bytes::from(vec![b'x'; 4096])),
    ]);
    check(FaultCase::ambiguous("endless", script, 1, TooLarge).with_status(502)).await;
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (name, transport) in transports::all() {
        let client = client(format!("http://{unused}/v1"), transport);
        for operation in Operation::BOTH {
            let error = operation.call(&client, "c").await.unwrap_err();
            let inner = transport_error(&error);
            assert_eq!(inner.kind(), Connect, "{name}: {error:?}");
            assert_eq!((error.attempts(), error.is_ambiguous()), (3, false), "{name}: {error:?}");
        }
    }
}
