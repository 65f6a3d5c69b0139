//! What the feature `tracing` reports, as a subscriber prints it.

use std::{
    collections::BTreeSet,
    fmt,
    future::pending,
    io,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use clerk_actor_tokens::blocking;
use clerk_core::{
    Actor, ActorTokens, EndImpersonation, HttpRequest, HttpResponse, HttpTransport, RetryConfig,
    SecretKey, SendProgress, Timer, TransportError,
    TransportErrorKind::{Config, Connect, Incomplete, Io, Other, Timeout, Tls, TooLarge},
    async_trait,
};
use clerk_tests::{
    canned::{self, SUB},
    operation::Operation,
};
use clerk_transport_mock::{
    Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, request, run_until_stalled,
};
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::{
        format::{FmtSpan, Writer},
        time::FormatTime,
    },
    util::SubscriberInitExt as _,
};

const DOCS: &str = include_str!("../docs/observability.md");
const ID: &str = "act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Leaves the time of a line out, but not how long a span was open.
struct NoTime;

impl FormatTime for NoTime {
    fn format_time(&self, _: &mut Writer<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Returns the lines that a subscriber prints while this runs.
fn log_at<T>(level: LevelFilter, work: impl FnOnce() -> T) -> Vec<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_max_level(level)
        .with_timer(NoTime)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = subscriber.set_default();
    drop(work());
    drop(guard);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

fn log<T>(work: impl FnOnce() -> T) -> Vec<String> {
    log_at(LevelFilter::TRACE, work)
}

/// Returns the warnings among these lines.
fn warnings(lines: &[String]) -> Vec<&str> {
    let lines = lines.iter().map(|line| line.trim_start());
    lines.filter(|line| line.starts_with("WARN ")).collect()
}

/// Returns the fields of an event or, if a line is about the end of a span, of that span.
fn fields(line: &str) -> Vec<(&str, &str)> {
    let (spans, event) = line.split_once("}: clerk_core: ").unwrap();
    let mut innermost = ["clerk.attempt{", "clerk.call{"].into_iter();
    let (_, span) = innermost.find_map(|name| spans.rsplit_once(name)).unwrap();
    let mut rest = if event.starts_with("close ") { span } else { event };
    let mut fields = Vec::new();
    while let Some((before, after)) = rest.split_once('=') {
        let (start, end) = if after.starts_with('"') { (1, '"') } else { (0, ' ') };
        let (value, after) = after[start..].split_once(end).unwrap_or((&after[start..], ""));
        fields.push((before.rsplit(' ').next().unwrap(), value));
        rest = after;
    }
    let names: BTreeSet<_> = fields.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), fields.len(), "a field occurs twice: {line}");
    fields
}

/// Returns the value of a field.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    fields(line).into_iter().find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Returns the lines about the end of an attempt, or of a call.
fn ended<'a>(lines: &'a [String], span: &str) -> Vec<&'a str> {
    let lines = lines.iter().map(String::as_str).filter(|line| line.contains(" close "));
    lines.filter(|line| line.contains("clerk.attempt{") == (span == "clerk.attempt")).collect()
}

fn client(transport: impl HttpTransport + 'static) -> ActorTokens {
    ActorTokens::with_timer(
        transport,
        ManualTimer::auto(),
        SecretKey::new("sk_test_canary").unwrap(),
    )
}

/// Returns a client of a mock of Clerk that fails in these ways first.
fn faulty(faults: impl IntoIterator<Item = Fault>) -> ActorTokens {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|request| reply::clerk(&request));
    let transport = FaultyTransport::new(clerk, ManualTimer::auto());
    faults.into_iter().for_each(|fault| transport.inject(fault));
    client(transport)
}

fn create(client: &ActorTokens, retries: RetryConfig) -> bool {
    let command = canned::command(Actor::new(SUB).unwrap());
    run_until_stalled(client.create(command).retries(retries)).unwrap().is_ok()
}

fn revoke(client: &ActorTokens) -> bool {
    run_until_stalled(client.revoke(&ID.parse().unwrap())).unwrap().is_ok()
}

/// Creates a token in the second attempt, with trace ids as Clerk sends them.
fn create_with_a_retry() {
    let (mut clerk, mut attempts) = (MockHttpTransport::new(), 0..);
    clerk.expect_send().returning(move |_| {
        let (reply, name, value) = match attempts.next() {
            Some(0) => (reply::clerk_errors(429, "too_many_requests"), "retry-after", "1"),
            _ => (reply::actor_token(ID, "pending"), "clerk-trace-id", "trace_2"),
        };
        reply.map(|mut response| {
            response.headers_mut().insert(name, value.parse().unwrap());
            response
        })
    });
    assert!(create(&client(clerk), RetryConfig::default()));
}

/// Returns a client of a mock whose responses are about another token, which was used.
fn unlike_the_request() -> ActorTokens {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|_| reply::actor_token("act_other", "accepted"));
    client(clerk)
}

/// A transport from which no response comes.
struct Silent {
    written: bool,
}

#[async_trait]
impl HttpTransport for Silent {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        progress.mark_not_written();
        if self.written {
            progress.mark_written();
        }
        pending().await
    }
}

/// A timer whose time limits never end, and whose delays do at once.
struct Patient(ManualTimer);

#[async_trait]
impl Timer for Patient {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall_clock(&self) -> SystemTime {
        self.0.wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        if duration > Duration::from_secs(5) {
            pending::<()>().await;
        }
    }
}

/// Drops a call that waits for a response.
fn drop_under_way(operation: Operation, written: bool) {
    let client = ActorTokens::new(Silent { written }, SecretKey::new("sk_test_canary").unwrap());
    assert!(run_until_stalled(operation.call(&client, ID)).is_none());
}

/// Replaces the durations that differ from run to run.
fn without_durations(line: &str) -> String {
    let word = |word: &str| match word.split_once('=') {
        Some((name @ ("time.busy" | "time.idle"), _)) => format!("{name}=…"),
        _ => word.to_owned(),
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Returns the text of the documentation between two strings.
fn documented(start: &str, end: &str) -> &'static str {
    let (_, after) = DOCS.split_once(start).unwrap();
    after.split_once(end).unwrap().0
}

#[test]
fn a_create_with_a_retry_is_printed_as_documented() {
    let printed = log_at(LevelFilter::INFO, create_with_a_retry);
    let printed: Vec<_> = printed.iter().map(|line| without_durations(line.trim_start())).collect();
    // The documentation breaks the lines, and indents what follows.
    let documented = documented("```text\n", "```").trim().replace("\n    ", " ");
    let documented: Vec<_> = documented.lines().map(without_durations).collect();
    assert_eq!(printed, documented);
}

#[test]
fn the_table_of_fields_is_complete() {
    let mut printed = log(create_with_a_retry);
    printed.extend(log(|| create(&faulty([Fault::fail(Io)]), RetryConfig::none())));
    printed.extend(log(|| create(&unlike_the_request(), RetryConfig::none())));
    let printed: BTreeSet<_> = printed.iter().flat_map(|line| fields(line)).collect();
    let printed: BTreeSet<_> = printed.into_iter().map(|(name, _)| name).collect();
    let rows = documented("## The fields", "\n## ").lines();
    let names = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    assert_eq!(printed, names.collect());
}

#[test]
fn every_error_type_is_documented() {
    let kinds = [Connect, Timeout, Tls, Config, Io, Incomplete, TooLarge, Other];
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut try_with = |client: &ActorTokens| {
        let printed = log(|| create(client, RetryConfig::none()));
        let [attempt] = &ended(&printed, "clerk.attempt")[..] else { panic!("{printed:#?}") };
        let [call] = &ended(&printed, "clerk.call")[..] else { panic!("{printed:#?}") };
        let error = field(attempt, "error.type").unwrap();
        assert_eq!(field(call, "error.type"), Some(error));
        assert_eq!(field(attempt, "otel.status_code"), Some("ERROR"));
        found.insert(error.to_owned());
    };
    for kind in kinds {
        try_with(&faulty([Fault::fail(kind)]));
    }
    try_with(&unlike_the_request());
    for status in [302, 402, 429, 503] {
        try_with(&faulty([Fault::clerk_errors(status, "code")]));
        try_with(&faulty([Fault::raw(status, "text/html", "<html>")]));
    }
    let dropped = log(|| drop_under_way(Operation::Create, true));
    found.extend(
        ended(&dropped, "clerk.attempt")
            .iter()
            .map(|line| field(line, "error.type").unwrap().to_owned()),
    );

    let (statuses, names): (BTreeSet<_>, BTreeSet<_>) =
        found.iter().map(String::as_str).partition(|name| name.parse::<u16>().is_ok());
    assert_eq!(statuses, BTreeSet::from(["302", "402", "429", "503"]));
    let (_, values) = documented("| `error.type` | ", "\n").split_once(" | ").unwrap();
    assert_eq!(names, values.split('`').skip(1).step_by(2).collect());
}

#[test]
fn a_call_says_what_became_of_it() {
    let faults = || [Fault::clerk_errors(503, "x"), Fault::fail_unsent(Connect)];
    let printed = log(|| assert!(revoke(&faulty(faults()))));
    let attempts = ended(&printed, "clerk.attempt");
    let field_of_attempts =
        |name| attempts.iter().map(|line| field(line, name)).collect::<Vec<_>>();
    assert_eq!(field_of_attempts("http.request.resend_count"), [None, Some("1"), Some("2")]);
    assert_eq!(field_of_attempts("http.response.status_code"), [Some("503"), None, Some("200")]);
    assert_eq!(field_of_attempts("error.type"), [Some("503"), Some("connect"), None]);
    let [call] = &ended(&printed, "clerk.call")[..] else { panic!("{printed:#?}") };
    for (name, value) in [
        ("clerk.operation", Some("actor_tokens.revoke")),
        ("clerk.attempts", Some("3")),
        ("clerk.ambiguous", Some("true")),
        ("clerk.actor_token_id", Some(ID)),
        ("error.type", None),
    ] {
        assert_eq!(field(call, name), value, "{name}");
    }
    assert_eq!(warnings(&printed), [""; 0], "a revoke may be repeated");
}

fn end(client: &ActorTokens) -> bool {
    let (user_id, actor) = ("user_1".parse().unwrap(), Actor::new(SUB).unwrap());
    let command = EndImpersonation::new(ID.parse().unwrap(), user_id, actor);
    run_until_stalled(client.end_impersonation(command)).is_some()
}

#[test]
fn the_span_of_an_impersonation_that_ends_is_around_those_of_its_requests() {
    let mut clerk = MockHttpTransport::new();
    clerk
        .expect_send()
        .withf(request::is_revoke())
        .returning(|_| reply::clerk_errors(400, "actor_token_cannot_be_revoked_code"));
    clerk.expect_send().returning(|_| reply::clerk_errors(401, "clerk_key_invalid"));
    let printed = log(|| assert!(end(&client(clerk))));
    let calls = ended(&printed, "clerk.call");
    let operations: Vec<_> =
        calls.iter().map(|line| field(line, "clerk.operation").unwrap()).collect();
    let whole = "actor_tokens.end_impersonation";
    assert_eq!(operations, ["actor_tokens.revoke", "sessions.list", whole]);
    for line in &calls {
        let outermost = line.trim_start().strip_prefix("INFO clerk.call{clerk.operation=");
        assert!(outermost.unwrap().starts_with(&format!("\"{whole}\"")), "{line}");
    }
    for (name, value) in [
        ("clerk.attempts", Some("1")),
        ("clerk.ambiguous", Some("false")),
        ("clerk.actor_token_id", Some(ID)),
        ("clerk.trace_id", Some("trace_1")),
        ("error.type", Some("401")),
    ] {
        assert_eq!(field(calls[2], name), value, "{name}");
    }

    let key = SecretKey::new("sk_test_canary").unwrap();
    let silent = ActorTokens::new(Silent { written: true }, key);
    let printed = log(|| assert!(!end(&silent), "it waits for a response"));
    let dropped = ended(&printed, "clerk.call");
    assert_eq!(dropped.len(), 2);
    assert!(dropped.iter().all(|line| field(line, "error.type") == Some("dropped")));
}

#[test]
fn without_async_a_call_is_in_the_current_span_of_the_thread_that_sends_it() {
    let mut mock = MockHttpTransport::new();
    mock.expect_send().returning(|request| reply::clerk(&request));
    let key = SecretKey::new("sk_test_canary").unwrap();
    let clerk = blocking::Clerk::builder(key).transport(mock).build().unwrap();
    let printed = log(|| {
        let _request = tracing::info_span!("request").entered();
        clerk.actor_tokens().revoke(&ID.parse().unwrap()).send().unwrap();
    });
    let calls = ended(&printed, "clerk.call");
    assert!(calls[0].trim_start().starts_with("INFO request:clerk.call{"), "{printed:?}");
}

#[test]
fn a_create_that_may_have_taken_effect_is_a_warning() {
    for (fault, error) in [
        (Fault::clerk_errors(503, "x"), "503"),
        (Fault::raw(502, "text/html", "<html>"), "502"),
        (Fault::fail(Io), "io"),
        (Fault::fail(Timeout), "timeout"),
    ] {
        let printed = log(|| create(&faulty([fault]), RetryConfig::default()));
        let [warning] = warnings(&printed)[..] else { panic!("{printed:#?}") };
        assert!(warning.contains(": the request may have taken effect "), "{warning}");
        assert_eq!(field(warning, "error.type"), Some(error));
    }
}

#[test]
fn a_response_that_does_not_fit_is_a_warning_with_the_id() {
    for (operation, id_of_call) in [(Operation::Create, "act_other"), (Operation::Revoke, ID)] {
        let printed = log(|| run_until_stalled(operation.call(&unlike_the_request(), ID)).unwrap());
        let [call] = ended(&printed, "clerk.call")[..] else { panic!("{printed:#?}") };
        assert_eq!(field(call, "clerk.actor_token_id"), Some(id_of_call));
        let [warning] = warnings(&printed)[..] else { panic!("{printed:#?}") };
        assert!(warning.contains("the response does not fit the request"), "{warning}");
        assert_eq!(field(warning, "clerk.actor_token_id"), Some("act_other"));
        assert!(warning.contains(" reason="), "{warning}");
    }
}

#[test]
fn what_had_no_effect_is_no_warning() {
    for fault in [
        Fault::plan_lacks_impersonation(),
        Fault::quota_used_up(),
        Fault::too_many_requests(1),
        Fault::fail_unsent(Connect),
        Fault::fail_unsent(Tls),
    ] {
        for retries in [RetryConfig::none(), RetryConfig::default()] {
            let printed = log(|| create(&faulty([fault.clone()]), retries));
            assert_eq!(warnings(&printed), [""; 0]);
            assert!(!printed.is_empty());
        }
    }
}

#[test]
fn a_create_that_is_dropped_under_way_is_a_warning() {
    let printed = log(|| drop_under_way(Operation::Create, true));
    let [warning] = warnings(&printed)[..] else { panic!("{printed:#?}") };
    assert!(warning.contains("the call was dropped, and its request may have taken effect"));

    for (operation, written) in [(Operation::Create, false), (Operation::Revoke, true)] {
        let printed = log(|| drop_under_way(operation, written));
        assert_eq!(warnings(&printed), [""; 0]);
        for span in ["clerk.attempt", "clerk.call"] {
            let [line] = ended(&printed, span)[..] else { panic!("{printed:#?}") };
            assert_eq!(field(line, "error.type"), Some("dropped"));
        }
    }
}

#[test]
fn a_create_that_is_dropped_between_attempts_is_a_warning_if_one_may_have_taken_effect() {
    let accept = RetryConfig::default().retry_ambiguous_creates(true);
    for (fault, expected) in [(Fault::fail(Io), 2), (Fault::fail_unsent(Io), 0)] {
        let mut clerk = MockHttpTransport::new();
        clerk.expect_send().returning(|request| reply::clerk(&request));
        let transport = FaultyTransport::new(clerk, ManualTimer::auto());
        transport.inject(fault);
        let timer = ManualTimer::new();
        let key = SecretKey::new("sk_test_canary").unwrap();
        let client = ActorTokens::with_timer(transport.clone(), timer.clone(), key);
        let printed = log(|| {
            let call = client.create(canned::command(Actor::new(SUB).unwrap()));
            assert!(run_until_stalled(call.retries(accept)).is_none(), "it waits for a timer");
        });
        assert_eq!(transport.fired(), 1);
        assert_eq!(warnings(&printed).len(), expected, "{printed:#?}");
    }
}

#[test]
fn a_dropped_create_is_one_warning_even_after_an_ambiguous_attempt() {
    let timer = ManualTimer::auto();
    let transport = FaultyTransport::new(Silent { written: false }, timer.clone());
    transport.inject(Fault::fail(Io));
    let key = SecretKey::new("sk_test_canary").unwrap();
    // Nothing ends the second attempt but dropping it: a limit would be a failure.
    let client =
        ActorTokens::builder(transport.clone(), key).timer(Patient(timer)).build().unwrap();
    let accept = RetryConfig::default().retry_ambiguous_creates(true);
    let printed = log(|| {
        let call = client.create(canned::command(Actor::new(SUB).unwrap())).retries(accept);
        assert!(run_until_stalled(call).is_none());
    });
    assert_eq!((transport.fired(), transport.sent()), (1, 1));
    let dropped = |line: &&&str| line.contains("the call was dropped");
    assert_eq!(warnings(&printed).iter().filter(dropped).count(), 1, "{printed:#?}");
}

#[test]
fn an_id_that_echoes_a_secret_is_not_shown() {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|_| reply::actor_token("sk_test_canary", "pending"));
    let client = client(clerk);
    let id = "sk_test_canary".parse().unwrap();
    let mut printed = log(|| assert!(create(&client, RetryConfig::none())));
    printed.extend(log(|| run_until_stalled(client.revoke(&id)).unwrap()));
    assert_eq!(ended(&printed, "clerk.call").len(), 2);
    assert!(!printed.concat().contains("canary"), "{printed:#?}");
}

#[test]
fn at_the_level_of_warnings_nothing_else_is_printed() {
    assert_eq!(log_at(LevelFilter::WARN, create_with_a_retry), [""; 0]);
    let ambiguous = || create(&faulty([Fault::fail(Io)]), RetryConfig::default());
    assert_eq!(log_at(LevelFilter::WARN, ambiguous).len(), 1);
    let unlike = || create(&unlike_the_request(), RetryConfig::default());
    assert_eq!(log_at(LevelFilter::WARN, unlike).len(), 1);
}

#[test]
fn an_address_has_no_brackets() {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|request| reply::clerk(&request));
    let key = SecretKey::new("sk_test_canary").unwrap();
    let client = ActorTokens::builder(clerk, key).base_url("http://[::1]:4000").build().unwrap();
    let printed = log(|| revoke(&client));
    let [attempt] = ended(&printed, "clerk.attempt")[..] else { panic!("{printed:#?}") };
    assert_eq!(field(attempt, "server.address"), Some("::1"));
    assert_eq!(field(attempt, "server.port"), Some("4000"));
}
