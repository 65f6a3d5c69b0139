//! Sends recognizable secrets through everything that can happen, and looks for them everywhere.

use std::{
    error::Error as _,
    fmt::Debug,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use clerk_actor_tokens::Clerk;
use clerk_core::{ActorToken, ActorTokens, Error, RetryConfig, SecretKey};
use clerk_tests::{
    canned,
    client::immediate_retries,
    fault_server::{FaultServer, Script, Step, Stream, THREAD},
    operation::Operation,
    tls::{Authority, HTTP_1, HTTP_2},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;
use tracing_subscriber::fmt::format::FmtSpan;

const KEY: &str = "sk_test_CanaryKey/7+q=Zw~x";
const TOKEN: &str = "eyJhbGciOiJub25lIn0.CanaryToken_h5Qz8.c2ln";
const URL: &str = "https://clerk.test/v1/tickets/accept?ticket=CanaryUrl-p3Xw9+/Yk";

/// The secrets, in every encoding in which they could pass unnoticed.
struct Canaries(Vec<String>);

impl Canaries {
    fn new() -> Self {
        let mut forms = Vec::new();
        // Also the part of each that occurs nowhere else, so that a truncated secret is found, too.
        for canary in [KEY, "CanaryKey", TOKEN, "CanaryToken_h5Qz8", URL, "CanaryUrl-p3Xw9"] {
            forms.push(canary.to_owned());
            forms.push(percent_encoded(canary));
            forms.push(percent_encoded(canary).to_lowercase());
            forms.push(
                canary.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<Vec<_>>().concat(),
            );
            forms.push(format!("{:?}", canary.as_bytes()).trim_matches(['[', ']']).to_owned());
            for alignment in 0..3 {
                // The characters at both ends also encode bits of what comes before and after, and
                // are left out.
                let padded = ["x".repeat(alignment).as_bytes(), canary.as_bytes()].concat();
                for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
                    let (from, to) = ((alignment * 8).div_ceil(6), padded.len() * 8 / 6);
                    forms.push(encoded[from..to].to_owned());
                }
            }
        }
        Self(forms)
    }

    fn found_in<'a>(&'a self, text: &str) -> Option<&'a str> {
        self.0.iter().find(|form| text.contains(form.as_str())).map(String::as_str)
    }

    /// Checks that a string contains no secret.
    fn absent(&self, context: &str, text: &str) {
        if let Some(canary) = self.found_in(text) {
            let at = text.find(canary).unwrap();
            let around = &text.as_bytes()[at.saturating_sub(300)..(at + 300).min(text.len())];
            panic!("{context}: {canary} in …{}…", String::from_utf8_lossy(around));
        }
    }

    /// Checks that the debug output of a value contains no secret.
    fn not_shown(&self, context: &str, value: &dyn Debug) {
        self.absent(context, &format!("{value:?}"));
        self.absent(context, &format!("{value:#?}"));
    }

    /// Checks that no secret shows in anything that could be printed of a result.
    fn not_in_result(&self, context: &str, result: Result<ActorToken, Error>) {
        self.not_shown(context, &result);
        if let Err(error) = &result {
            let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
            while let Some(error) = cause {
                self.absent(context, &error.to_string());
                self.not_shown(context, &error);
                cause = error.source();
            }
            self.absent(context, error.trace_id().unwrap_or_default());
            match error {
                Error::Api(api) => self.absent(context, api.body()),
                Error::Unexpected(unexpected) => self.absent(context, unexpected.body()),
                _ => {}
            }
            assert!(error.source().is_none_or(|source| !source.to_string().is_empty()));
        }
        if let Err(panicked) = catch_unwind(AssertUnwindSafe(|| result.unwrap())) {
            self.absent(context, panicked.downcast_ref::<String>().unwrap());
        }
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect()
}

/// The fields of our own spans and events whose values come from a server or from the caller.
const FIELDS_FROM_OUTSIDE: [&str; 6] = [
    "clerk.trace_id=",
    "clerk.actor_token_id=",
    "http.response.status_code=",
    "server.address=",
    "error.type=",
    "reason=",
];

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A writer that keeps what the client's threads log. The server's thread may log secrets.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::thread::current().name() != Some(THREAD) {
            LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns bodies in which a server echoes secrets.
fn bodies() -> Vec<String> {
    let mut created = canned::response(Operation::Create, "act_1");
    created["token"] = TOKEN.into();
    created["url"] = URL.into();
    let created = created.to_string();
    vec![
        created.clone(),
        created.replace("actor_token", "something_else"),
        created[..created.len() - 10].to_owned(),
        format!(
            r#"{{"errors":[{{"code":"{KEY}","message":"{KEY}","long_message":"Bearer {KEY} {TOKEN} {URL}","meta":{{"a":"{KEY}"}}}}],"meta":{{"k":"{KEY}","u":"{URL}"}},"clerk_trace_id":"{KEY}"}}"#
        ),
        format!(r#"{{"errors":[],"token":"{TOKEN}","url":"{URL}","clerk_trace_id":"{TOKEN}"}}"#),
        format!("<html>Authorization: Bearer {KEY} <a href=\"{URL}\">{TOKEN}</a></html>"),
        format!("{{\"token\":\"{TOKEN}\",\"url\":\"{URL}\",\"key\":\"{KEY}\""),
        String::new(),
    ]
}

const STATUSES: [u16; 16] =
    [200, 201, 204, 302, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 599];

fn client(base_url: String, transport: HyperTransport, timer: ManualTimer) -> ActorTokens {
    let builder =
        Clerk::builder(SecretKey::new(KEY).unwrap()).base_url(base_url).transport(transport);
    builder.timer(timer).retries(immediate_retries()).build().unwrap().actor_tokens().clone()
}

async fn statuses_over_http1(canaries: &Canaries) {
    let authority = Authority::new();
    let tls = Step::Tls(authority.server(HTTP_1));
    for status in STATUSES {
        for body in bodies() {
            let response = format!(
                "HTTP/1.1 {status} {KEY}\r\nclerk-trace-id: {KEY}\r\ncf-ray: {TOKEN}\r\nx-echo: Bearer {KEY}\r\nset-cookie: {TOKEN}\r\nlocation: {URL}\r\ncontent-length: {}\r\n\r\n{body}",
                if status == 204 { 0 } else { body.len() }
            );
            let response =
                if status == 204 { response.trim_end_matches(&body).to_owned() } else { response };
            for (scheme, first) in [("http", None), ("https", Some(&tls))] {
                let serve = [
                    Step::Read,
                    Step::write(&response),
                    Step::Read,
                    Step::write(&response),
                    Step::Stall,
                ];
                let script: Script = first.into_iter().cloned().chain(serve).collect();
                let server = FaultServer::start_with(&[], script);
                let base_url = format!("{scheme}://{}/v1", server.address());
                let client = client(base_url, authority.transport(), ManualTimer::new());
                canaries.not_shown("client", &client);
                for operation in Operation::BOTH {
                    let call = operation.call(&client, "act_1").retries(RetryConfig::none());
                    canaries.not_shown("call", &call);
                    canaries.not_in_result(&format!("{operation:?} {status} {body}"), call.await);
                }
                assert_eq!(server.ledger().requests.len(), 2);
            }
        }
    }
}

async fn statuses_over_http2(canaries: &Canaries) {
    let authority = Authority::new();
    for body in bodies() {
        let body: &'static str = body.leak();
        let streams: Vec<_> =
            STATUSES.into_iter().flat_map(|status| [Stream::Echo(status, body); 2]).collect();
        let script = vec![Step::Tls(authority.server(HTTP_2)), Step::Http2(streams)];
        let server = FaultServer::start_with(&[], script);
        let client = client(server.https(), authority.transport(), ManualTimer::new());
        for status in STATUSES {
            for operation in Operation::BOTH {
                let call = operation.call(&client, "act_1").retries(RetryConfig::none());
                canaries.not_in_result(&format!("{operation:?} {status} {body}"), call.await);
            }
        }
        assert_eq!(server.ledger().requests.len(), 2 * STATUSES.len());
    }
}

async fn failures(canaries: &Canaries) {
    let (authority, unknown) = (Authority::new(), Authority::new());
    let secret = Bytes::from(format!("{KEY}{TOKEN}{URL}"));
    let head = format!("HTTP/1.1 200 {KEY}\r\nx: {KEY}\r\nclerk-trace-id: {TOKEN}\r\n");
    let respond = |response: String, end| vec![Step::Read, Step::write(&response), end];
    let without_tls: Vec<Script> = vec![
        vec![Step::Close],
        vec![Step::ReadBytes(10), Step::Reset],
        vec![Step::Read, Step::Close],
        vec![Step::Read, Step::Reset],
        vec![Step::Read, Step::Write(secret.clone()), Step::write("\r\n\r\n"), Step::Stall],
        respond(format!("HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n"), Step::Stall),
        respond(format!("{head}content-length: {KEY}\r\n\r\n"), Step::Stall),
        respond(format!("{head}content-length: 999\r\n\r\n{URL}"), Step::Close),
        respond(format!("{head}transfer-encoding: chunked\r\n\r\n{KEY}\r\n"), Step::Stall),
        respond(format!("{head}\r\n"), Step::WriteForever(secret.repeat(100).into())),
    ];
    let http1 = |steps: &[Step]| [&[Step::Tls(authority.server(HTTP_1))], steps].concat();
    let http2 = |steps: &[Step]| [&[Step::Tls(authority.server(HTTP_2))], steps].concat();
    let with_tls: Vec<Script> = vec![
        vec![Step::ReadBytes(1), Step::Close],
        vec![Step::ReadBytes(1), Step::Write(secret.clone()), Step::Stall],
        vec![Step::Tls(unknown.server(HTTP_1))],
        vec![Step::Tls(authority.server_named("elsewhere.test", HTTP_2))],
        http1(&[Step::Read, Step::Fin]),
        http2(&[Step::ReadBytes(100), Step::Write(secret), Step::Close]),
        http2(&[Step::Http2(vec![Stream::Reset(h2::Reason::CANCEL)])]),
        http2(&[Step::Http2(vec![Stream::GoAway(h2::Reason::CANCEL)])]),
        http2(&[Step::Http2(vec![Stream::RespondForever(200)])]),
    ];
    let scripts = without_tls.iter().map(|script| ("http", script));
    let scripts = scripts.chain(with_tls.iter().map(|script| ("https", script)));
    for (scheme, script) in scripts {
        for operation in Operation::BOTH {
            let server = FaultServer::start_with(&[], script.clone());
            let base_url = format!("{scheme}://{}/v1", server.address());
            let client = client(base_url, authority.transport(), ManualTimer::new());
            let result = operation.call(&client, "act_1").await;
            assert!(result.is_err() || operation == Operation::Revoke, "{script:?}");
            canaries.not_in_result(&format!("{operation:?} {script:?}"), result);
        }
    }
}

async fn silence(canaries: &Canaries) {
    let head = format!("HTTP/1.1 200 {KEY}\r\nx: {KEY}\r\ncontent-length: 999\r\n\r\n{URL}");
    for script in [vec![Step::Read, Step::Stall], vec![Step::Read, Step::write(&head), Step::Stall]]
    {
        for operation in Operation::BOTH {
            let server = FaultServer::start(std::slice::from_ref(&script));
            let timer = ManualTimer::new();
            let client = client(server.http(), HyperTransport::new(), timer.clone());
            let call = tokio::spawn(operation.call(&client, "act_1").retries(RetryConfig::none()));
            server.until_played().await;
            timer.advance(Duration::from_secs(10));
            let result = call.await.unwrap();
            assert!(matches!(result, Err(Error::Timeout(_))));
            canaries.not_in_result("silence", result);
        }
    }
}

/// Drops calls while they wait for a response, or for the rest of one.
async fn dropped(canaries: &Canaries) {
    let head =
        format!("HTTP/1.1 200 {KEY}\r\nclerk-trace-id: {KEY}\r\ncontent-length: 999\r\n\r\n{URL}");
    for script in [vec![Step::Read, Step::Stall], vec![Step::Read, Step::write(&head), Step::Stall]]
    {
        for operation in Operation::BOTH {
            let server = FaultServer::start(std::slice::from_ref(&script));
            let client = client(server.http(), HyperTransport::new(), ManualTimer::new());
            let call = tokio::spawn(operation.call(&client, "act_1"));
            server.until_played().await;
            call.abort();
            canaries.not_shown("dropped", &call.await);
        }
    }
}

/// Checks input that is rejected before anything is sent.
async fn invalid_input(canaries: &Canaries) {
    for key in
        [format!("Bearer {KEY}"), format!("pk_{KEY}"), format!("{KEY}\n{KEY}"), format!("{KEY}ü")]
    {
        let error = SecretKey::new(key).unwrap_err();
        canaries.absent("key", &error.to_string());
        canaries.not_shown("key", &error);
    }
    let key = || SecretKey::new(KEY).unwrap();
    canaries.not_shown("key", &key());
    for base_url in [
        format!("https://user:{KEY}@h/v1"),
        format!("https://h/v1?{KEY}"),
        KEY.to_owned(),
        URL.to_owned(),
    ] {
        let builder = Clerk::builder(key()).base_url(base_url);
        canaries.not_shown("builder", &builder);
        let error = builder.build().unwrap_err();
        canaries.absent("base URL", &error.to_string());
        canaries.not_shown("base URL", &error);
    }
    let client =
        client("http://127.0.0.1:1/v1".to_owned(), HyperTransport::new(), ManualTimer::new());
    for (name, value) in
        [("authorization", KEY.to_owned()), ("x", format!("{KEY}\n")), ("x y", KEY.to_owned())]
    {
        let call = Operation::Create.call(&client, "act_1").header(name, value);
        canaries.not_shown("header", &call);
        canaries.not_in_result("header", call.await);
    }
    let call =
        Operation::Create.call(&client, "act_1").header("x-own", KEY).retries(RetryConfig::none());
    canaries.not_shown("header", &call);
    canaries.not_in_result("unsent", call.await);
}

// One test, because the log is that of the whole process.
#[tokio::test]
async fn no_value_error_panic_or_log_shows_a_secret() {
    tracing_subscriber::fmt()
        // Fields are recorded until a span is closed, and printed then.
        .with_span_events(FmtSpan::FULL)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Log)
        .init();
    // The panics of `not_in_result` are expected.
    std::panic::set_hook(Box::new(|info| {
        let message = info.payload().downcast_ref::<String>().map_or("", String::as_str);
        if !message.contains("called `Result::unwrap()` on an `Err` value") {
            println!("{info}");
        }
    }));
    let canaries = Canaries::new();
    statuses_over_http1(&canaries).await;
    statuses_over_http2(&canaries).await;
    failures(&canaries).await;
    silence(&canaries).await;
    dropped(&canaries).await;
    invalid_input(&canaries).await;

    let logged = LOGGED.lock().unwrap();
    let logged = String::from_utf8_lossy(&logged);
    println!("searched {} bytes of log for {} encodings", logged.len(), canaries.0.len());
    for name in ["h2::", "rustls::", "hyper_util::"] {
        assert!(logged.contains(name), "{name} logged nothing, which proves nothing");
    }
    for field in FIELDS_FROM_OUTSIDE {
        assert!(logged.contains(field), "{field} was not logged, which proves nothing");
    }
    assert!(logged.contains("the call was dropped"), "that was not logged, which proves nothing");
    canaries.absent("log", &logged);
}

#[test]
fn a_canary_is_found_in_every_encoding() {
    let canaries = Canaries::new();
    for canary in [KEY, TOKEN, URL] {
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}{canary}rest");
            for shown in [
                text.clone(),
                format!("{text:?}"),
                format!("{:?}", text.as_bytes()),
                percent_encoded(&text),
                STANDARD_NO_PAD.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
            ] {
                assert!(canaries.found_in(&shown).is_some(), "{shown}");
            }
        }
    }
    assert_eq!(canaries.found_in("no secret, sk_test_1, act_1, https://clerk.test/v1"), None);
}
