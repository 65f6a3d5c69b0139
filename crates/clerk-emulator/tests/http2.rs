//! HTTP/2 with prior knowledge: the endpoints, the refusals and the faults.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use std::time::Duration;

use bytes::Bytes;
use clerk_emulator::{Emulator, Fault, TokenStatus};
use h2::{
    Reason, RecvStream,
    client::{ResponseFuture, SendRequest},
};
use http::{Request, StatusCode, request};
use http_client::{FORM, exchange, host};
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// An emulator and a connection to it.
struct Connected {
    emulator: Emulator,
    requests: SendRequest<Bytes>,
}

async fn connect() -> Connected {
    let emulator = Emulator::start().unwrap();
    let stream = TcpStream::connect(host(&emulator)).await.unwrap();
    let (requests, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    Connected { emulator, requests }
}

impl Connected {
    async fn post(&self, path: &str, body: &str) -> ResponseFuture {
        self.send(Request::post(format!("http://{}{path}", host(&self.emulator))), body).await
    }

    async fn send(&self, request: request::Builder, body: &str) -> ResponseFuture {
        let request = request
            .header("Authorization", format!("Bearer {}", self.emulator.secret_key()))
            .header("Content-Type", "application/json")
            .body(())
            .unwrap();
        let mut requests = self.requests.clone().ready().await.unwrap();
        let (response, mut stream) = requests.send_request(request, false).unwrap();
        stream.send_data(Bytes::copy_from_slice(body.as_bytes()), true).unwrap();
        response
    }

    async fn create(&self) -> ResponseFuture {
        self.post("/v1/actor_tokens", FORM).await
    }
}

/// Returns what arrives of a body, and the reason if the stream is reset in the middle of it.
async fn read(mut body: RecvStream) -> (Vec<u8>, Option<Reason>) {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        match chunk {
            Ok(chunk) => {
                body.flow_control().release_capacity(chunk.len()).unwrap();
                bytes.extend_from_slice(&chunk);
            }
            Err(error) => return (bytes, error.reason()),
        }
    }
    (bytes, None)
}

async fn json(response: ResponseFuture) -> (StatusCode, Value) {
    let (head, body) = response.await.unwrap().into_parts();
    let (bytes, reset) = read(body).await;
    assert_eq!(reset, None);
    (head.status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_token_is_created_and_revoked_on_one_connection() {
    let connected = connect().await;
    let (status, token) = json(connected.create().await).await;
    assert_eq!((status, &token["user_id"]), (StatusCode::OK, &json!("user_1")));
    let id = token["id"].as_str().unwrap();
    let (status, token) =
        json(connected.post(&format!("/v1/actor_tokens/{id}/revoke"), "").await).await;
    assert_eq!((status, &token["status"]), (StatusCode::OK, &json!("revoked")));
    assert_eq!(connected.emulator.token(id).unwrap().status, TokenStatus::Revoked);
    assert_eq!(connected.emulator.requests(), 2);
}

#[tokio::test]
async fn a_refusal_has_its_status_and_code() {
    let connected = connect().await;
    let (status, body) = json(connected.post("/v1/actor_tokens", "{}").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["errors"][0]["code"], "form_param_missing");
}

#[tokio::test]
async fn a_host_other_than_loopback_is_refused() {
    let connected = connect().await;
    for request in [
        Request::post("http://evil.example/v1/actor_tokens"),
        Request::post("http://localhost/v1/actor_tokens").header("Host", "evil.example"),
    ] {
        let (status, body) = json(connected.send(request, FORM).await).await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(body["errors"][0]["code"], "emulator_host_not_loopback");
    }
    assert_eq!((connected.emulator.requests(), connected.emulator.tokens().len()), (0, 0));
}

#[tokio::test]
async fn a_fault_can_respond() {
    let connected = connect().await;
    connected.emulator.inject(Fault::too_many_requests(7));
    let response = connected.create().await.await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "7");
}

#[tokio::test]
async fn a_dropped_connection_is_a_reset_of_one_stream() {
    let connected = connect().await;
    for (fault, left_behind) in
        [(Fault::drop_connection(), 0), (Fault::drop_connection().after_effect(), 1)]
    {
        connected.emulator.inject(fault);
        let error = connected.create().await.await.unwrap_err();
        assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
        assert!(error.is_reset() && error.is_remote(), "{error}");
        assert_eq!(connected.emulator.tokens().len(), left_behind);
    }
    assert_eq!(json(connected.create().await).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_response_is_cut_by_a_reset_after_n_bytes() {
    let connected = connect().await;
    for bytes in [0, 1, 25, usize::MAX] {
        connected.emulator.inject(Fault::cut_response(bytes));
        let (head, body) = connected.create().await.await.unwrap().into_parts();
        assert_eq!(head.status, StatusCode::OK);
        let announced: usize = head.headers["content-length"].to_str().unwrap().parse().unwrap();
        let (body, reset) = read(body).await;
        assert_eq!((body.len(), reset), (bytes.min(announced - 1), Some(Reason::INTERNAL_ERROR)));
    }
    assert_eq!(connected.emulator.tokens().len(), 4);
}

#[tokio::test]
async fn silence_holds_up_no_other_stream() {
    let connected = connect().await;
    connected.emulator.inject(Fault::silence());
    let silent = connected.create().await;
    let other = connected.create().await;
    tokio::select! {
        biased;
        response = silent => panic!("{response:?}"),
        (status, _) = json(other) => assert_eq!(status, StatusCode::OK),
    }
    assert_eq!(connected.emulator.faults_fired(), 1);
    assert_eq!(connected.emulator.tokens().len(), 1);
}

#[tokio::test]
async fn a_delay_ends_with_the_normal_response() {
    let connected = connect().await;
    connected.emulator.inject(Fault::delay(Duration::from_millis(5)));
    assert_eq!(json(connected.create().await).await.0, StatusCode::OK);
    assert_eq!(connected.emulator.faults_fired(), 1);
}

#[tokio::test]
async fn a_dropped_emulator_ends_its_streams() {
    let connected = connect().await;
    connected.emulator.inject(Fault::silence());
    let silent = connected.create().await;
    assert_eq!(json(connected.create().await).await.0, StatusCode::OK);
    drop(connected.emulator);
    assert!(silent.await.unwrap_err().is_io());
}

#[test]
fn an_upgrade_from_http_1_is_ignored() {
    let emulator = Emulator::start().unwrap();
    let response = exchange(
        &emulator,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
          Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    )
    .unwrap();
    assert!(response.head.starts_with("HTTP/1.1 404 "), "{}", response.head);
    assert_eq!(response.header("Upgrade"), None);
}
