use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use clerk_core::{
    Attempt, HttpRequest, HttpResponse, HttpTransport as _, RetryConfig, SecretKey, Sent,
    TransportError, TransportErrorKind, http::Method,
};
use clerk_tests::{
    client::{client, command, transport_error},
    fault_server::{FaultServer, Step},
    stub::{KEY, requests, shown},
};
use clerk_transport_reqwest::{ReqwestTransport, TokioTimer};
use reqwest::{ClientBuilder, Proxy, redirect::Policy, retry};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::transports::builder;

async fn server(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

fn request(uri: &str) -> HttpRequest {
    let mut request = HttpRequest::new("{}".into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.parse().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    Attempt::new("settings", 1, None).attach(&mut request);
    request
}

async fn send(builder: ClientBuilder, uri: &str) -> Result<HttpResponse, TransportError> {
    ReqwestTransport::new(builder).unwrap().send(request(uri)).await
}

/// Sends the same with the client that the builder asks for.
async fn send_with_reqwest(builder: ClientBuilder, uri: &str) -> reqwest::Response {
    builder.build().unwrap().post(uri).body("{}").send().await.unwrap()
}

#[tokio::test]
async fn redirects_are_not_followed_whatever_the_builder_says() {
    let redirecting = || builder().redirect(Policy::limited(3));
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = server(ResponseTemplate::new(200)).await;
        let response = ResponseTemplate::new(status).insert_header("location", elsewhere.uri());
        let here = server(response).await;
        let response = send(redirecting(), &here.uri()).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!((requests(&here).await.len(), requests(&elsewhere).await.len()), (1, 0));

        assert_eq!(send_with_reqwest(redirecting(), &here.uri()).await.status().as_u16(), 200);
        assert_eq!(requests(&elsewhere).await.len(), 1, "nothing was there to be followed");
    }
}

#[tokio::test]
async fn requests_are_not_repeated_whatever_the_builder_says() {
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method cannot be named")]
    let retrying = || {
        let retries = retry::for_host("127.0.0.1").no_budget();
        builder().retry(retries.classify_fn(|attempt| attempt.retryable()))
    };
    for status in [200, 429, 503] {
        let server = server(ResponseTemplate::new(status)).await;
        assert_eq!(send(retrying(), &server.uri()).await.unwrap().status().as_u16(), status);
        assert_eq!(requests(&server).await.len(), 1);

        send_with_reqwest(retrying(), &server.uri()).await;
        assert_eq!(requests(&server).await.len(), 1 + 3, "the builder does not retry");
    }
}

#[tokio::test]
async fn nothing_is_decompressed_whatever_the_builder_says() {
    /// `{}`, compressed by gzip.
    const COMPRESSED: [u8; 22] =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0];
    let response = ResponseTemplate::new(200).insert_header("content-encoding", "gzip");
    let server = server(response.set_body_bytes(COMPRESSED)).await;
    let response = send(builder().gzip(true), &server.uri()).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.body().as_ref(), COMPRESSED);

    let response = send_with_reqwest(builder().gzip(true), &server.uri()).await;
    assert_eq!(response.bytes().await.unwrap(), "{}");
    let requests = requests(&server).await;
    let asked = requests.iter().map(|request| request.headers.contains_key("accept-encoding"));
    assert_eq!(asked.collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn headers_of_the_builder_are_sent_but_replace_none() {
    let headers = [("x-team", "support"), ("authorization", "Bearer other")];
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let server = server(ResponseTemplate::new(200)).await;
    send(builder().default_headers(headers.into_iter().collect()), &server.uri()).await.unwrap();
    let [arrived] = &requests(&server).await[..] else { panic!("expected one request") };
    assert_eq!(arrived.headers["x-team"], "support");
    assert_eq!(arrived.headers["authorization"], format!("Bearer {KEY}"));
}

#[tokio::test]
async fn names_are_resolved_as_the_builder_says() {
    let server = FaultServer::start(&[]);
    let address = server.address();
    let transport = ReqwestTransport::new(builder().resolve("api.clerk.test", address)).unwrap();
    let client = clerk_core::ActorTokens::builder(transport, SecretKey::new(KEY).unwrap())
        .base_url(format!("http://api.clerk.test:{}/v1", address.port()))
        .allow_insecure_http()
        .timer(TokioTimer)
        .build()
        .unwrap();
    client.create(command("c")).await.unwrap();
    assert_eq!(server.ledger().requests.len(), 1);
}

#[tokio::test]
async fn a_timeout_of_the_builder_is_a_timeout() {
    const LIMIT: Duration = Duration::from_secs(100);
    for (timed, response) in [
        (builder().timeout(LIMIT), ""),
        (builder().read_timeout(LIMIT), ""),
        (builder().timeout(LIMIT), "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbody"),
        (builder().read_timeout(LIMIT), "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbody"),
    ] {
        let script = vec![Step::Read, Step::write(response), Step::Stall];
        let server = FaultServer::start(&[script]);
        let client = client(server.http(), ReqwestTransport::new(timed).unwrap());
        let call = client.create(command("c")).retries(RetryConfig::none());
        let call = tokio::spawn(call);
        server
            .until(move |ledger| ledger.written == response.len() && ledger.pending_steps == 0)
            .await;
        tokio::time::pause();
        tokio::time::advance(2 * LIMIT).await;
        let error = call.await.unwrap().unwrap_err();
        tokio::time::resume();
        let inner = transport_error(&error);
        assert_eq!(
            (inner.kind(), inner.sent()),
            (TransportErrorKind::Timeout, Sent::Maybe),
            "{error:?}"
        );
        assert!(error.is_ambiguous());
    }
}

#[tokio::test]
async fn a_url_that_reqwest_would_change_is_refused() {
    let server = server(ResponseTemplate::new(200)).await;
    for path in ["/a/../v1", "/v1/%2e%2e/x", "/v1/{id}", "/v1?q='"] {
        let error = send(builder(), &format!("{}{path}", server.uri())).await.unwrap_err();
        let found = (error.kind(), error.sent());
        assert_eq!(found, (TransportErrorKind::Config, Sent::No), "{path}: {error:?}");
    }
    for path in ["/v1//a%2Fb/;x=1?q=%20&r=/../", "/v1/actor_tokens", ""] {
        send(builder(), &format!("{}{path}", server.uri())).await.unwrap();
    }
    assert_eq!(requests(&server).await.len(), 3);
}

#[tokio::test]
async fn a_url_that_the_builder_forbids_is_refused() {
    let server = server(ResponseTemplate::new(200)).await;
    let error = send(builder().https_only(true), &server.uri()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Config, Sent::No), "{error:?}");
    assert_eq!(requests(&server).await.len(), 0);
}

#[test]
fn without_a_runtime_a_call_fails_and_sends_nothing() {
    let transport = ReqwestTransport::new(builder()).unwrap();
    let request = request("http://127.0.0.1:9/v1");
    let result = clerk_transport_mock::run_until_stalled(transport.send(request)).unwrap();
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Config, Sent::No), "{error:?}");
}

#[test]
fn an_invalid_builder_is_an_error_that_names_the_cause() {
    let error = ReqwestTransport::new(builder().user_agent("line\nbreak")).unwrap_err();
    assert_eq!(error.setting(), "reqwest::ClientBuilder");
    assert!(format!("{error:?}").contains("failed to parse header value"), "{error:?}");
}

/// How a proxy refuses the credentials of a client, and returns what it was asked for.
type Refuse = fn(&mut TcpStream) -> io::Result<Vec<u8>>;

fn refuse_over_http(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    client.write_all(b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n")?;
    Ok(head)
}

fn refuse_over_socks5(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting)?;
    let mut methods = vec![0; greeting[1].into()];
    client.read_exact(&mut methods)?;
    client.write_all(&[5, 2])?;
    let mut credentials = vec![0; "\x01\x04user\x0cproxy_canary".len()];
    client.read_exact(&mut credentials)?;
    client.write_all(&[1, 1])?;
    Ok(credentials)
}

/// Starts a proxy, and returns its address and what it is asked for.
fn proxy(refuse: Refuse) -> (SocketAddr, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let recorded = Arc::clone(&asked);
    // The thread ends with the process.
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            recorded.lock().unwrap().push(refuse(&mut client).unwrap());
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_proxy_that_refuses_the_credentials_is_asked_once() {
    for (scheme, refuse, asked_for) in [
        ("http", refuse_over_http as Refuse, &b"CONNECT 127.0.0.1:9 "[..]),
        ("socks5", refuse_over_socks5, b"\x01\x04user"),
    ] {
        let (address, asked) = proxy(refuse);
        let proxy = Proxy::all(format!("{scheme}://user:proxy_canary@{address}")).unwrap();
        let transport = ReqwestTransport::new(builder().proxy(proxy)).unwrap();
        let debug = format!("{transport:?}");
        let client = client("https://127.0.0.1:9/v1", transport);
        let error = client.create(command("c")).await.unwrap_err();
        assert_eq!(transport_error(&error).kind(), TransportErrorKind::Config, "{error:?}");
        assert_eq!((error.attempts(), error.is_ambiguous()), (1, false), "{error:?}");
        let [asked] = &asked.lock().unwrap()[..] else { panic!("{scheme}: expected one request") };
        assert!(asked.starts_with(asked_for), "{scheme}");
        let shown = shown(&error) + &debug;
        assert!(!shown.contains("proxy_canary") && !shown.contains("actor_tokens"), "{shown}");
    }
}
