//! The requirements of `HttpTransport`, as far as they depend on the version of HTTP, over HTTP/2.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

use clerk_core::{
    Attempt, HttpRequest, HttpTransport as _, SendProgress, Sent, TransportErrorKind,
    http::{Method, StatusCode, Uri},
};
use clerk_tests::{
    connector::Connector,
    stub::{KEY, requests},
};
use clerk_transport_hyper::HyperTransport;
use tokio::net::TcpStream;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// The default limit for the body of a response.
const LIMIT: usize = 1024 * 1024;

/// Returns the default transport over HTTP/2 without TLS, which its connections report as
/// negotiated.
fn transport() -> HyperTransport {
    let connector = Connector::http2(|uri: Uri| async move {
        let stream =
            TcpStream::connect(uri.authority().map(ToString::to_string).unwrap_or_default())
                .await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    });
    HyperTransport::builder().connector(connector).build().unwrap()
}

/// Returns a request like those of the core: with an absolute URI, every header but `Host`, and the
/// length of the body.
fn post(authority: SocketAddr, path: &str, body: &'static str) -> HttpRequest {
    let mut request = HttpRequest::new(body.into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("http://{authority}{path}").parse().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    headers.insert("content-length", body.len().into());
    Attempt::new("actor_tokens.create", 1, None).attach(&mut request);
    request
}

async fn server(response: impl wiremock::Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

#[tokio::test]
async fn one_call_is_one_request_whatever_the_status() {
    let response =
        |request: &Request| ResponseTemplate::new(request.url.path()[1..].parse::<u16>().unwrap());
    let (server, transport) = (server(response).await, transport());
    for status in 200..=599 {
        let request = post(*server.address(), &format!("/{status}"), "{}");
        let response = transport.send(request).await.expect("a status is not an error");
        assert_eq!(response.status().as_u16(), status);
    }
    let arrived: Vec<_> =
        requests(&server).await.iter().map(|request| request.url.path()[1..].to_owned()).collect();
    assert_eq!(arrived, (200..=599).map(|status: u16| status.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_response_is_returned_unchanged() {
    let body: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let response = ResponseTemplate::new(503)
        .set_body_bytes(body.clone())
        .insert_header("content-type", "application/octet-stream")
        .insert_header("content-encoding", "gzip")
        .append_header("x-twice", "one")
        .append_header("x-twice", "two");
    let server = server(response).await;
    let response = transport().send(post(*server.address(), "/", "")).await.unwrap();
    let (head, received) = response.into_parts();
    let twice: Vec<_> = head.headers.get_all("x-twice").iter().collect();
    assert_eq!(head.status.as_u16(), 503);
    assert_eq!(twice, ["one", "two"]);
    assert_eq!(head.headers["content-encoding"], "gzip");
    assert_eq!(head.headers["content-type"], "application/octet-stream");
    assert!(received.as_ref() == body, "the body is decompressed, decoded or cut");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/x", elsewhere.uri());
        let server =
            server(ResponseTemplate::new(status).insert_header("location", &*location)).await;
        let response = transport().send(post(*server.address(), "/", "{}")).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["location"], location);
        assert_eq!(requests(&server).await.len(), 1);
    }
    assert_eq!(requests(&elsewhere).await.len(), 0, "the key would be sent elsewhere");
}

#[tokio::test]
async fn a_request_is_sent_unchanged() {
    for body in ["", r#"{"a" : 1.10}"#] {
        let server = server(ResponseTemplate::new(200)).await;
        let mut request = post(*server.address(), "/v1/a?b=c", body);
        request.headers_mut().append("x-twice", "one".parse().unwrap());
        request.headers_mut().append("x-twice", "two".parse().unwrap());
        let given = request.headers().clone();
        transport().send(request).await.unwrap();

        let [arrived] = &requests(&server).await[..] else { panic!("expected one request") };
        assert_eq!(
            (arrived.method.as_str(), arrived.url.path(), arrived.url.query()),
            ("POST", "/v1/a", Some("b=c"))
        );
        let mut headers = arrived.headers.clone();
        // What the server makes of `:authority`.
        headers.remove("host");
        assert_eq!(headers, given);
        assert_eq!(arrived.body, body.as_bytes());
    }
}

#[tokio::test]
async fn a_response_of_exactly_the_limit_is_complete() {
    let server = server(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; LIMIT])).await;
    let response = transport().send(post(*server.address(), "/", "")).await.unwrap();
    assert_eq!(response.body().as_ref().len(), LIMIT);
}

#[tokio::test]
async fn a_response_that_is_too_large_keeps_its_head() {
    let response =
        ResponseTemplate::new(502).set_body_bytes(vec![b'x'; LIMIT + 1]).insert_header("x-id", "7");
    let server = server(response).await;
    let error = transport().send(post(*server.address(), "/", "canary")).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (TransportErrorKind::TooLarge, Sent::Maybe));
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.headers().unwrap()["x-id"], "7");
    let shown = format!("{error:?} {error:#?}");
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(requests(&server).await.len(), 1);
}

#[tokio::test]
async fn the_progress_of_sending_is_marked() {
    let unused = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let request = post(unused, "/", "");
    let progress = SendProgress::of(&request);
    let error = transport().send(request).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.status()),
        (TransportErrorKind::Connect, Sent::No, None)
    );
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
    transport().send(request).await.unwrap();
    assert_eq!(*samples.lock().unwrap(), [Sent::Maybe], "the server has the request");
    assert_eq!(progress.sent(), Sent::Maybe);
}

#[tokio::test]
async fn debug_shows_nothing_that_a_transport_sent() {
    let (server, transport) = (server(ResponseTemplate::new(200)).await, transport());
    transport.send(post(*server.address(), "/path_canary", "canary")).await.unwrap();
    let shown = format!("{transport:?} {transport:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}
