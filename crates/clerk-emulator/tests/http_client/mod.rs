//! A minimal HTTP client, for requests and responses that an HTTP library would refuse or hide.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test program includes this module and uses only a part of it"
)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use clerk_emulator::Emulator;
use serde_json::Value;

/// The limit for a read. No test comes near it: it makes a test that would hang fail instead.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that arrived before the server closed the connection.
pub struct Response {
    pub head: String,
    pub body: String,
}

impl Response {
    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).expect("a status line").parse().expect("a number")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// Returns the first error of a `ClerkErrors` body, and checks that the body is complete.
    pub fn error(&self) -> Value {
        let json = self.json();
        assert_eq!(self.header("Content-Type"), Some("application/json"));
        assert_eq!(json["clerk_trace_id"].as_str(), self.header("Clerk-Trace-Id"));
        let error = &json["errors"][0];
        assert!(error["message"].is_string() && error["long_message"].is_string(), "{json}");
        error.clone()
    }

    pub fn code(&self) -> String {
        self.error()["code"].as_str().expect("a code").to_owned()
    }

    pub fn id(&self) -> String {
        assert_eq!(self.status(), 200, "{}", self.body);
        self.json()["id"].as_str().expect("an id").to_owned()
    }
}

pub fn host(emulator: &Emulator) -> &str {
    emulator
        .base_url()
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/v1"))
        .expect("a base URL")
}

/// Sends bytes and reads to the end of the stream. Returns `None` if nothing arrives.
pub fn exchange(emulator: &Emulator, request: &[u8]) -> Option<Response> {
    let mut stream = TcpStream::connect(host(emulator)).expect("the emulator listens");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    stream.write_all(request).expect("the emulator reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the emulator closes properly");
    if bytes.is_empty() {
        return None;
    }
    let response = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    Some(Response { head: head.to_owned(), body: body.to_owned() })
}

/// Sends a create, waits until a fault has fired on it, and returns the connection.
pub fn send_into_fault(emulator: &Emulator) -> TcpStream {
    let fired_before = emulator.faults_fired();
    let mut stream = TcpStream::connect(host(emulator)).expect("the emulator listens");
    stream.write_all(&Request::create(emulator, FORM).bytes()).expect("the emulator reads");
    let fired = (0..20_000_000).any(|_| {
        std::thread::yield_now();
        emulator.faults_fired() > fired_before
    });
    assert!(fired, "no fault has fired");
    stream
}

/// A request whose every part a test can change.
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub authorization: Option<String>,
    pub content_type: Option<&'static str>,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Request {
    pub fn create(emulator: &Emulator, body: impl Into<String>) -> Self {
        Self {
            method: "POST",
            path: "/v1/actor_tokens".to_owned(),
            authorization: Some(format!("Bearer {}", emulator.secret_key())),
            content_type: Some("application/json"),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub fn revoke(emulator: &Emulator, id: &str) -> Self {
        Self::post(emulator, format!("/v1/actor_tokens/{id}/revoke"))
    }

    /// Returns a POST without a body, with the secret key.
    pub fn post(emulator: &Emulator, path: impl Into<String>) -> Self {
        Self { path: path.into(), content_type: None, ..Self::create(emulator, "") }
    }

    /// Returns a GET with the secret key.
    pub fn get(emulator: &Emulator, path: impl Into<String>) -> Self {
        Self { method: "GET", ..Self::post(emulator, path) }
    }

    /// Returns a POST of a form, without a key.
    pub fn form(emulator: &Emulator, path: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            authorization: None,
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.into(),
            ..Self::post(emulator, path)
        }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        use std::fmt::Write as _;

        let Self { method, path, body, .. } = self;
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        let headers = self.headers.iter().map(|(name, value)| (*name, Some(value.as_str())));
        for (name, value) in
            [("Authorization", self.authorization.as_deref()), ("Content-Type", self.content_type)]
                .into_iter()
                .chain(headers)
        {
            if let Some(value) = value {
                write!(request, "{name}: {value}\r\n").expect("strings grow");
            }
        }
        write!(request, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("strings grow");
        request.into_bytes()
    }

    pub fn try_send(&self, emulator: &Emulator) -> Option<Response> {
        exchange(emulator, &self.bytes())
    }

    pub fn send(&self, emulator: &Emulator) -> Response {
        self.try_send(emulator).expect("a response")
    }
}

pub const FORM: &str = r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#;

pub fn create(emulator: &Emulator) -> Response {
    Request::create(emulator, FORM).send(emulator)
}

pub fn revoke(emulator: &Emulator, id: &str) -> Response {
    Request::revoke(emulator, id).send(emulator)
}
