//! What each fault does to the effect, to the response, and to what is known about sending.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

use std::time::Duration;

use clerk_core::{
    Attempt, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind as Kind, async_trait, http::Method,
};
use clerk_transport_mock::{
    Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled,
};
use serde_json::{Value, json};

const DELAY: Duration = Duration::from_secs(5);

fn faulty(timer: &ManualTimer) -> FaultyTransport<MockHttpTransport> {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|request| reply::clerk(&request));
    FaultyTransport::new(clerk, timer.clone())
}

/// Creates a request, and returns its progress too.
fn request() -> (HttpRequest, SendProgress) {
    let mut request = HttpRequest::default();
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "https://api.clerk.com/v1/actor_tokens/act_1/revoke".parse().unwrap();
    Attempt::new("actor_tokens.create", 1, None).attach(&mut request);
    let progress = SendProgress::of(&request);
    (request, progress)
}

/// Sends one request to a transport with this fault. Returns the outcome, `None` if there was none,
/// and how many requests took effect.
fn send(fault: Fault) -> (Option<Result<HttpResponse, TransportError>>, usize) {
    let transport = faulty(&ManualTimer::auto());
    transport.inject(fault);
    let outcome = run_until_stalled(transport.send(request().0));
    assert_eq!(transport.fired(), 1);
    (outcome, transport.sent())
}

fn failure(fault: Fault) -> (Kind, Sent, usize) {
    let (outcome, sent) = send(fault);
    let error = outcome.unwrap().unwrap_err();
    (error.kind(), error.sent(), sent)
}

fn response(fault: Fault) -> HttpResponse {
    send(fault).0.unwrap().unwrap()
}

fn status(fault: Fault) -> (u16, usize) {
    let (outcome, sent) = send(fault);
    (outcome.unwrap().unwrap().status().as_u16(), sent)
}

fn body(response: &HttpResponse) -> Value {
    serde_json::from_slice(response.body().as_ref()).unwrap()
}

#[test]
fn a_failure_before_the_effect_sends_nothing() {
    assert_eq!(failure(Fault::fail_unsent(Kind::Connect)), (Kind::Connect, Sent::No, 0));
    assert_eq!(failure(Fault::fail(Kind::Other)), (Kind::Other, Sent::Maybe, 0));
    assert_eq!(failure(Fault::drop_connection()), (Kind::Io, Sent::Maybe, 0));
}

#[test]
fn a_failure_after_the_effect_discards_the_response() {
    assert_eq!(failure(Fault::fail(Kind::Other).after_effect()), (Kind::Other, Sent::Maybe, 1));
    assert_eq!(failure(Fault::drop_connection().after_effect()), (Kind::Io, Sent::Maybe, 1));
}

#[test]
fn after_the_effect_no_failure_claims_to_be_unsent() {
    let fault = Fault::fail_unsent(Kind::Connect).after_effect();
    assert_eq!(failure(fault), (Kind::Connect, Sent::Maybe, 1));
}

#[test]
fn a_response_replaces_the_effect_or_follows_it() {
    let unavailable = Fault::raw(503, "text/plain", "try later");
    let refused = Fault::clerk_errors(403, "not_allowed");
    assert_eq!(status(unavailable.clone()), (503, 0));
    assert_eq!(status(unavailable.after_effect()), (503, 1));
    assert_eq!(status(refused.clone()), (403, 0));
    assert_eq!(status(refused.after_effect()), (403, 1));
}

#[test]
fn a_raw_response_is_sent_as_it_is() {
    let html = response(Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>"));
    assert_eq!(html.headers()["content-type"], "text/html");
    assert_eq!(html.body().as_ref(), b"<h1>Bad Gateway</h1>");
    assert!(response(Fault::raw(200, "", vec![0xff])).headers().is_empty());
}

#[test]
fn ready_made_refusals_are_clerk_errors() {
    for (fault, status, code) in [
        (Fault::clerk_errors(403, "not_allowed"), 403, "not_allowed"),
        (Fault::plan_lacks_impersonation(), 402, "unsupported_subscription_plan_features"),
        (Fault::quota_used_up(), 422, "impersonation_limit_exceeded"),
        (Fault::too_many_requests(3), 429, "too_many_requests"),
    ] {
        let response = response(fault);
        assert_eq!(
            (response.status().as_u16(), &body(&response)["errors"][0]["code"]),
            (status, &json!(code))
        );
    }
    let rate_limited = response(Fault::too_many_requests("inf"));
    assert_eq!(rate_limited.headers()["retry-after"], "inf");
}

#[test]
fn a_used_up_quota_states_the_limit() {
    let response = response(Fault::quota_used_up());
    let expected = json!({
        "message": "Impersonation limit exceeded",
        "long_message": "Your application has reached the impersonation limit for your plan (100/100). The limit will reset at the beginning of the next billing period.",
        "code": "impersonation_limit_exceeded",
        "meta": { "limit": 100, "used": 100 },
    });
    assert_eq!(body(&response)["errors"], json!([expected]));
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[test]
fn a_header_is_added_to_a_response_and_replaces_its_own() {
    let response = response(
        Fault::clerk_errors(503, "c")
            .header("Retry-After", 1)
            .header("retry-after", 2)
            .header("Content-Type", "text/plain"),
    );
    let retry_after: Vec<_> = response.headers().get_all("retry-after").iter().collect();
    assert_eq!(retry_after, ["1", "2"]);
    let content_type: Vec<_> = response.headers().get_all("content-type").iter().collect();
    assert_eq!(content_type, ["text/plain"]);
}

#[test]
fn faults_that_do_not_respond_ignore_headers() {
    let fault = Fault::cut_response().header("x-fault", "1");
    let error = send(fault).0.unwrap().unwrap_err();
    assert!(!error.headers().unwrap().contains_key("x-fault"));
}

#[test]
fn a_response_that_cannot_be_sent_fails_without_effect() {
    for fault in [
        Fault::raw(42, "text/plain", ""),
        Fault::raw(200, "a\nb", ""),
        Fault::clerk_errors(1000, "c"),
        Fault::clerk_errors(503, "c").header("x y", 1),
        Fault::clerk_errors(503, "c").header("x-y", "1\r\nx-z: 2"),
    ] {
        assert_eq!(failure(fault.clone()), (Kind::Config, Sent::No, 0), "{fault:?}");
        assert_eq!(failure(fault.clone().after_effect()), (Kind::Config, Sent::No, 0), "{fault:?}");
    }
}

#[test]
fn a_cut_response_keeps_its_head() {
    for fault in [Fault::cut_response(), Fault::cut_response().after_effect()] {
        let (outcome, sent) = send(fault);
        let error = outcome.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.sent(), sent), (Kind::Incomplete, Sent::Maybe, 1));
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    }
}

#[test]
fn silence_comes_instead_of_the_effect_or_after_it() {
    for (fault, effects) in [(Fault::silence(), 0), (Fault::silence().after_effect(), 1)] {
        let (outcome, sent) = send(fault);
        assert!(outcome.is_none());
        assert_eq!(sent, effects);
    }
}

#[test]
fn silence_before_the_effect_counts_the_request_as_written() {
    let transport = faulty(&ManualTimer::new());
    transport.inject(Fault::silence());
    let (request, progress) = request();
    progress.mark_not_written();
    assert!(run_until_stalled(transport.send(request)).is_none());
    assert_eq!(progress.sent(), Sent::Maybe);
}

#[test]
fn a_delay_before_the_effect_marks_the_request_not_written_until_it_ends() {
    let timer = ManualTimer::new();
    let transport = faulty(&timer);
    transport.inject(Fault::delay(DELAY));
    let (request, progress) = request();
    let mut sending = transport.send(request);
    assert!(run_until_stalled(&mut sending).is_none());
    assert_eq!((transport.sent(), progress.sent()), (0, Sent::No));

    timer.advance(DELAY);
    assert_eq!(run_until_stalled(&mut sending).unwrap().unwrap().status(), 200);
    assert_eq!((transport.sent(), progress.sent()), (1, Sent::Maybe));
}

#[test]
fn a_delay_after_the_effect_holds_the_response_back() {
    let timer = ManualTimer::new();
    let transport = faulty(&timer);
    transport.inject(Fault::delay(DELAY).after_effect());
    let (request, progress) = request();
    let mut sending = transport.send(request);
    assert!(run_until_stalled(&mut sending).is_none());
    assert_eq!((transport.sent(), progress.sent()), (1, Sent::Maybe));

    timer.advance(DELAY);
    assert_eq!(run_until_stalled(&mut sending).unwrap().unwrap().status(), 200);
}

#[test]
fn each_fault_fires_on_one_request_in_the_order_of_injection() {
    let transport = faulty(&ManualTimer::auto());
    let handle = transport.clone();
    handle.inject(Fault::clerk_errors(500, "c"));
    handle.inject(Fault::clerk_errors(502, "c"));
    let statuses: Vec<_> = (0..4)
        .map(|_| run_until_stalled(transport.send(request().0)).unwrap().unwrap().status().as_u16())
        .collect();
    assert_eq!(statuses, [500, 502, 200, 200]);
    assert_eq!((handle.fired(), handle.sent()), (2, 2));
}

#[test]
fn failures_of_the_inner_transport_are_passed_on() {
    let mut refused = MockHttpTransport::new();
    refused.expect_send().returning(|_| reply::failure_unsent(Kind::Connect));
    let transport = FaultyTransport::new(refused, ManualTimer::auto());
    for fault in [Fault::cut_response(), Fault::delay(DELAY).after_effect(), Fault::delay(DELAY)] {
        transport.inject(fault.clone());
        let error = run_until_stalled(transport.send(request().0)).unwrap().unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::Connect, Sent::No), "{fault:?}");
    }
}

#[test]
fn a_send_that_is_never_polled_uses_up_no_fault() {
    let transport = faulty(&ManualTimer::auto());
    transport.inject(Fault::cut_response());
    drop(transport.send(request().0));
    assert_eq!((transport.fired(), transport.sent()), (0, 0));
}

/// A transport that responds but never marks that it has begun to write.
struct Forgetful;

#[async_trait]
impl HttpTransport for Forgetful {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        SendProgress::of(&request).mark_not_written();
        reply::clerk(&request)
    }
}

#[test]
fn after_the_effect_the_request_counts_as_written_whatever_the_inner_transport_marked() {
    for fault in [Fault::silence().after_effect(), Fault::delay(DELAY).after_effect()] {
        let transport = FaultyTransport::new(Forgetful, ManualTimer::new());
        transport.inject(fault.clone());
        let (request, progress) = request();
        assert!(run_until_stalled(transport.send(request)).is_none());
        assert_eq!(progress.sent(), Sent::Maybe, "{fault:?}");
    }
}

#[test]
fn debug_shows_pending_faults_and_counts() {
    let transport = faulty(&ManualTimer::new());
    transport.inject(Fault::fail(Kind::Io));
    transport.inject(Fault::fail(Kind::Tls).after_effect());
    run_until_stalled(transport.send(request().0)).unwrap().unwrap_err();
    assert_eq!(
        format!("{transport:?}"),
        "FaultyTransport { faults: [Fault { kind: Fail(Tls), timing: AfterEffect }], fired: 1, sent: 0, .. }"
    );
    let plan = format!("{:?}", Fault::plan_lacks_impersonation().header("x-fault", 1));
    for shown in ["402", "unsupported_subscription_plan_features", "x-fault", "BeforeEffect"] {
        assert!(plan.contains(shown), "{plan}");
    }
}
