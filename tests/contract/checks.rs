use std::{
    collections::BTreeSet,
    fmt::Debug,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

use clerk_core::{
    Attempt, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind,
    http::{HeaderValue, Method, StatusCode},
};
use clerk_tests::{
    socket_server::SocketServer,
    stub::{KEY, requests},
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// The default limit of every adapter for the body of a response.
const LIMIT: usize = 1024 * 1024;

/// Returns a request like those of the core: with an absolute URI, every header but `Host`, and the
/// length of the body.
fn post(authority: SocketAddr, path: &str, body: impl Into<Vec<u8>>) -> HttpRequest {
    let body = body.into();
    let mut request = HttpRequest::new(body.clone().into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("http://{authority}{path}").parse().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    headers.insert("content-length", body.len().into());
    Attempt::new("contract", 1, None).attach(&mut request);
    request
}

async fn server(response: impl wiremock::Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

/// Sends one request to a server that responds with these bytes, and checks that exactly one
/// arrived.
async fn exchange(
    transport: &impl HttpTransport,
    response: impl Into<Vec<u8>>,
) -> Result<HttpResponse, TransportError> {
    let server = SocketServer::start(response);
    let result = transport.send(post(server.address(), "/v1", "body_canary")).await;
    assert_eq!(server.stop().len(), 1);
    result
}

/// Checks that an error says that the request may have been sent, and shows nothing of it.
fn maybe_sent(error: &TransportError, kinds: &[TransportErrorKind]) {
    assert!(kinds.contains(&error.kind()), "{error:?}");
    assert_eq!(error.sent(), Sent::Maybe, "{error:?}");
    no_secret(error);
}

fn no_secret(shown: &impl Debug) {
    let shown = format!("{shown:?} {shown:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}

pub(crate) async fn one_call_is_one_request_whatever_the_status(transport: &impl HttpTransport) {
    let response =
        |request: &Request| ResponseTemplate::new(request.url.path()[1..].parse::<u16>().unwrap());
    let server = server(response).await;
    for status in 200..=599 {
        let request = post(*server.address(), &format!("/{status}"), "{}");
        let response = transport.send(request).await.expect("a status is not an error");
        assert_eq!(response.status().as_u16(), status);
    }
    let arrived: Vec<_> =
        requests(&server).await.iter().map(|request| request.url.path()[1..].to_owned()).collect();
    assert_eq!(arrived, (200..=599).map(|status: u16| status.to_string()).collect::<Vec<_>>());
}

pub(crate) async fn a_response_is_returned_unchanged(transport: &impl HttpTransport) {
    let body: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let response = ResponseTemplate::new(503)
        .set_body_bytes(body.clone())
        .insert_header("content-type", "application/octet-stream")
        .insert_header("content-encoding", "gzip")
        .append_header("x-twice", "one")
        .append_header("x-twice", "two");
    let server = server(response).await;
    let response = transport.send(post(*server.address(), "/", "")).await.unwrap();
    let (head, received) = response.into_parts();
    let twice: Vec<_> = head.headers.get_all("x-twice").iter().collect();
    assert_eq!(head.status.as_u16(), 503);
    assert_eq!(twice, ["one", "two"]);
    assert_eq!(head.headers["content-encoding"], "gzip");
    assert_eq!(head.headers["content-type"], "application/octet-stream");
    assert!(received.as_ref() == body, "the body is decompressed, decoded or cut");
}

pub(crate) async fn no_redirect_is_followed(transport: &impl HttpTransport) {
    let elsewhere = MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/x", elsewhere.uri());
        let server =
            server(ResponseTemplate::new(status).insert_header("location", &*location)).await;
        let response = transport.send(post(*server.address(), "/", "{}")).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["location"], location);
        assert_eq!(requests(&server).await.len(), 1);
    }
    assert_eq!(requests(&elsewhere).await.len(), 0, "the key would be sent elsewhere");
}

pub(crate) async fn a_request_is_sent_unchanged(transport: &impl HttpTransport) {
    // The framing of a message is up to the adapter.
    const FRAMING: [&str; 2] = ["host", "connection"];
    for body in ["", r#"{"a" : 1.10}"#] {
        let server = server(ResponseTemplate::new(200)).await;
        let mut request = post(*server.address(), "/v1/a?b=c", body);
        request.headers_mut().append("x-twice", "one".parse().unwrap());
        request.headers_mut().append("x-twice", "two".parse().unwrap());
        let given = request.headers().clone();
        transport.send(request).await.unwrap();

        let [arrived] = &requests(&server).await[..] else { panic!("expected one request") };
        assert_eq!(
            (arrived.method.as_str(), arrived.url.path(), arrived.url.query()),
            ("POST", "/v1/a", Some("b=c"))
        );
        let mut headers = arrived.headers.clone();
        for name in FRAMING {
            headers.remove(name);
        }
        assert_eq!(headers, given);
        assert_eq!(arrived.body, body.as_bytes());
    }
}

pub(crate) async fn a_response_of_exactly_the_limit_is_complete(transport: &impl HttpTransport) {
    let server = server(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; LIMIT])).await;
    let response = transport.send(post(*server.address(), "/", "")).await.unwrap();
    assert_eq!(response.body().as_ref().len(), LIMIT);
}

pub(crate) async fn a_response_that_is_too_large_keeps_its_head(transport: &impl HttpTransport) {
    let response =
        ResponseTemplate::new(502).set_body_bytes(vec![b'x'; LIMIT + 1]).insert_header("x-id", "7");
    let server = server(response).await;
    let error = transport.send(post(*server.address(), "/", "")).await.unwrap_err();
    too_large(&error);
    assert_eq!(requests(&server).await.len(), 1);
}

fn too_large(error: &TransportError) {
    maybe_sent(error, &[TransportErrorKind::TooLarge]);
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.headers().unwrap()["x-id"], "7");
}

pub(crate) async fn a_refused_connection_certainly_sent_nothing(transport: &impl HttpTransport) {
    let unused = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let error = transport.send(post(unused, "/", "body_canary")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.status()),
        (TransportErrorKind::Connect, Sent::No, None)
    );
    no_secret(&error);
}

pub(crate) async fn every_byte_of_a_request_arrives_unchanged(transport: &impl HttpTransport) {
    let server = SocketServer::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let path = "/v1//a%2Fb/%2e%2E/;x=1?q=%20&r=/../";
    let body: Vec<u8> = (0..=255).collect();
    let mut request = post(server.address(), path, body.clone());
    request.headers_mut().insert("x-odd", HeaderValue::from_bytes(b"a  \xfc\t\"b\"").unwrap());
    let host = server.address().to_string();
    transport.send(request).await.unwrap();

    let [arrived] = &server.stop()[..] else { panic!("expected one request") };
    let (head, arrived_body) = split(arrived);
    assert_eq!(arrived_body, body);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let request_line = String::from_utf8_lossy(lines.next().unwrap()).into_owned();
    assert!(request_line.starts_with(&format!("POST {path} HTTP/1.")), "{request_line}");
    let headers: BTreeSet<_> =
        lines.filter(|line| !line.starts_with(b"connection:")).map(<[u8]>::to_vec).collect();
    let expected = [
        format!("authorization: Bearer {KEY}").into_bytes(),
        b"content-length: 256".to_vec(),
        format!("host: {host}").into_bytes(),
        b"x-odd: a  \xfc\t\"b\"".to_vec(),
    ];
    assert_eq!(headers, BTreeSet::from(expected));
}

/// Returns the head of a message, without its empty line, and the body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (&message[..end], &message[end + 4..])
}

pub(crate) async fn a_binary_body_is_returned_unchanged(transport: &impl HttpTransport) {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Empty:\r\n\r\n\0\xff\r\n\r\n\xc3";
    let response = exchange(transport, response).await.unwrap();
    assert_eq!(response.headers()["x-empty"], "");
    assert_eq!(response.body().as_ref(), b"\0\xff\r\n\r\n\xc3");
}

pub(crate) async fn a_non_ascii_header_is_returned_unchanged(transport: &impl HttpTransport) {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Odd:a\xfcb  \r\n\r\n";
    let response = exchange(transport, response).await.unwrap();
    assert_eq!(response.headers()["x-odd"].as_bytes(), b"a\xfcb");
}

pub(crate) async fn a_connection_closed_without_a_response_may_have_sent_the_request(
    transport: &impl HttpTransport,
) {
    let error = exchange(transport, "").await.unwrap_err();
    maybe_sent(&error, &[TransportErrorKind::Incomplete, TransportErrorKind::Io]);
    assert_eq!(error.status(), None);
}

pub(crate) async fn an_incomplete_response_is_an_error(transport: &impl HttpTransport) {
    let error = exchange(transport, "HTTP/1.1 200 OK\r\nContent-Le").await.unwrap_err();
    maybe_sent(&error, &[TransportErrorKind::Incomplete, TransportErrorKind::Io]);

    let response = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 20\r\nx-id: 7\r\n\r\nbody_canary";
    let error = exchange(transport, response).await.unwrap_err();
    maybe_sent(&error, &[TransportErrorKind::Incomplete, TransportErrorKind::Io]);
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.headers().unwrap()["x-id"], "7");
}

pub(crate) async fn a_response_that_is_not_http_is_an_error(transport: &impl HttpTransport) {
    for response in [
        "SSH-2.0-canary\r\n\r\n",
        "HTTP/1.1 canary OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncanary\r\n\r\n",
    ] {
        let error = exchange(transport, response).await.unwrap_err();
        maybe_sent(&error, &[TransportErrorKind::Other]);
    }
}

fn chunks(size: usize, count: usize, last: &str) -> Vec<u8> {
    let chunk = format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    format!(
        "HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\nx-id: 7\r\n\r\n{}{last}",
        chunk.repeat(count)
    )
    .into_bytes()
}

pub(crate) async fn a_chunked_response_is_reassembled(transport: &impl HttpTransport) {
    let response = exchange(transport, chunks(LIMIT / 4, 4, "0\r\n\r\n")).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_ref().len()), (502, LIMIT));
}

pub(crate) async fn a_chunked_response_that_is_too_large_keeps_its_head(
    transport: &impl HttpTransport,
) {
    too_large(&exchange(transport, chunks(LIMIT / 4, 4, "1\r\nx\r\n0\r\n\r\n")).await.unwrap_err());
}

pub(crate) async fn an_incomplete_chunked_response_is_an_error(transport: &impl HttpTransport) {
    let error = exchange(transport, chunks(7, 2, "")).await.unwrap_err();
    maybe_sent(&error, &[TransportErrorKind::Incomplete, TransportErrorKind::Io]);
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
}

pub(crate) async fn the_progress_of_sending_is_marked(transport: &impl HttpTransport) {
    let unused = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let request = post(unused, "/", "");
    let progress = SendProgress::of(&request);
    transport.send(request).await.unwrap_err();
    assert_eq!(progress.sent(), Sent::No, "nothing was written while connecting");

    let mut request = post(unused, "/", "");
    let (progress, samples) = (SendProgress::of(&request), Arc::<Mutex<Vec<Sent>>>::default());
    let (observed, recorded) = (progress.clone(), Arc::clone(&samples));
    let server = server(move |_: &Request| {
        recorded.lock().unwrap().push(observed.sent());
        ResponseTemplate::new(200)
    })
    .await;
    *request.uri_mut() = post(*server.address(), "/", "").uri().clone();
    transport.send(request).await.unwrap();
    assert_eq!(*samples.lock().unwrap(), [Sent::Maybe], "the server has the request");
    assert_eq!(progress.sent(), Sent::Maybe);
}

pub(crate) async fn debug_shows_nothing_of_a_request(transport: &(impl HttpTransport + Debug)) {
    let server = server(ResponseTemplate::new(200).set_body_string("canary")).await;
    transport.send(post(*server.address(), "/path_canary", "body_canary")).await.unwrap();
    no_secret(transport);
}
