//! What each fault does: to the effect, to the answer, and to what is known of sending.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

use std::time::Duration;

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind as Kind, async_trait, http::Method,
};
use clerk_transport_mock::{
    Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled,
};

const DELAY: Duration = Duration::from_secs(5);

fn faulty(timer: &ManualTimer) -> FaultyTransport<MockHttpTransport> {
    let mut clerk = MockHttpTransport::new();
    clerk.expect_send().returning(|request| reply::clerk(&request));
    FaultyTransport::new(clerk, timer.clone())
}

/// Makes a request with a progress that somebody reads.
fn request() -> (HttpRequest, SendProgress) {
    let progress = SendProgress::default();
    let mut request = HttpRequest::default();
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "https://api.clerk.com/v1/actor_tokens/act_1/revoke".parse().unwrap();
    request.extensions_mut().insert(progress.clone());
    (request, progress)
}

/// Sends one request to a transport with this fault; gives what came, and how many had an effect.
fn strike(fault: Fault) -> (Option<Result<HttpResponse, TransportError>>, usize) {
    let transport = faulty(&ManualTimer::auto());
    transport.inject(fault);
    let outcome = run_until_stalled(transport.send(request().0));
    assert_eq!(transport.fired(), 1);
    (outcome, transport.sent())
}

fn failure(fault: Fault) -> (Kind, Sent, usize) {
    let (outcome, sent) = strike(fault);
    let error = outcome.unwrap().unwrap_err();
    (error.kind(), error.sent(), sent)
}

fn answer(fault: Fault) -> (u16, usize) {
    let (outcome, sent) = strike(fault);
    (outcome.unwrap().unwrap().status().as_u16(), sent)
}

#[test]
fn a_failure_before_the_effect_reaches_nobody() {
    assert_eq!(failure(Fault::FailUnsent(Kind::Connect)), (Kind::Connect, Sent::No, 0));
    assert_eq!(failure(Fault::FailBefore(Kind::Io)), (Kind::Io, Sent::Maybe, 0));
}

#[test]
fn a_failure_after_the_effect_throws_the_answer_away() {
    assert_eq!(failure(Fault::FailAfter(Kind::Io)), (Kind::Io, Sent::Maybe, 1));
}

#[test]
fn a_status_comes_instead_of_the_effect_or_after_it() {
    assert_eq!(answer(Fault::StatusInstead(503)), (503, 0));
    assert_eq!(answer(Fault::StatusAfter(504)), (504, 1));
    for fault in [Fault::StatusInstead(42), Fault::StatusAfter(1000)] {
        assert_eq!(failure(fault), (Kind::Config, Sent::No, 0), "there is no such status");
    }
}

#[test]
fn a_cut_answer_keeps_its_head() {
    let (outcome, sent) = strike(Fault::Cut);
    let error = outcome.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.sent(), sent), (Kind::Incomplete, Sent::Maybe, 1));
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
}

#[test]
fn silence_comes_after_the_effect() {
    let (outcome, sent) = strike(Fault::Silence);
    assert!(outcome.is_none());
    assert_eq!(sent, 1);
}

#[test]
fn a_delay_before_the_effect_says_that_nothing_is_written_until_it_ends() {
    let timer = ManualTimer::new();
    let transport = faulty(&timer);
    transport.inject(Fault::DelayBefore(DELAY));
    let (request, progress) = request();
    let mut sending = transport.send(request);
    assert!(run_until_stalled(&mut sending).is_none());
    assert_eq!((transport.sent(), progress.sent()), (0, Sent::No));

    timer.advance(DELAY);
    assert_eq!(run_until_stalled(&mut sending).unwrap().unwrap().status(), 200);
    assert_eq!((transport.sent(), progress.sent()), (1, Sent::Maybe));
}

#[test]
fn a_delay_after_the_effect_holds_the_answer_back() {
    let timer = ManualTimer::new();
    let transport = faulty(&timer);
    transport.inject(Fault::DelayAfter(DELAY));
    let (request, progress) = request();
    let mut sending = transport.send(request);
    assert!(run_until_stalled(&mut sending).is_none());
    assert_eq!((transport.sent(), progress.sent()), (1, Sent::Maybe));

    timer.advance(DELAY);
    assert_eq!(run_until_stalled(&mut sending).unwrap().unwrap().status(), 200);
}

#[test]
fn faults_strike_one_request_each_in_their_order_and_the_others_pass() {
    let transport = faulty(&ManualTimer::auto());
    let handle = transport.clone();
    handle.inject(Fault::StatusInstead(500));
    handle.inject(Fault::StatusInstead(502));
    let statuses: Vec<_> = (0..4)
        .map(|_| run_until_stalled(transport.send(request().0)).unwrap().unwrap().status().as_u16())
        .collect();
    assert_eq!(statuses, [500, 502, 200, 200]);
    assert_eq!((handle.fired(), handle.sent()), (2, 2));
}

#[test]
fn an_effect_that_fails_by_itself_fails_as_it_does() {
    let mut refused = MockHttpTransport::new();
    refused.expect_send().returning(|_| reply::failure_before_sending(Kind::Connect));
    let transport = FaultyTransport::new(refused, ManualTimer::auto());
    for fault in [Fault::Cut, Fault::DelayAfter(DELAY), Fault::DelayBefore(DELAY)] {
        transport.inject(fault);
        let error = run_until_stalled(transport.send(request().0)).unwrap().unwrap_err();
        assert_eq!((error.kind(), error.sent()), (Kind::Connect, Sent::No), "{fault:?}");
    }
}

#[test]
fn a_send_that_is_never_polled_uses_no_fault_up() {
    let transport = faulty(&ManualTimer::auto());
    transport.inject(Fault::Cut);
    drop(transport.send(request().0));
    assert_eq!((transport.fired(), transport.sent()), (0, 0));
}

/// Does what it is asked, and never says that it began to write.
struct Forgetful;

#[async_trait]
impl HttpTransport for Forgetful {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        SendProgress::of(&request).mark_not_written();
        reply::clerk(&request)
    }
}

#[test]
fn after_the_effect_the_request_counts_as_written_whatever_the_inner_transport_says() {
    for fault in [Fault::Silence, Fault::DelayAfter(DELAY)] {
        let transport = FaultyTransport::new(Forgetful, ManualTimer::new());
        transport.inject(fault);
        let (request, progress) = request();
        assert!(run_until_stalled(transport.send(request)).is_none());
        assert_eq!(progress.sent(), Sent::Maybe, "{fault:?}");
    }
}

#[test]
fn debug_shows_what_struck_and_what_is_to_come() {
    let transport = faulty(&ManualTimer::new());
    transport.inject(Fault::FailBefore(Kind::Io));
    transport.inject(Fault::Cut);
    run_until_stalled(transport.send(request().0)).unwrap().unwrap_err();
    assert_eq!(
        format!("{transport:?}"),
        "FaultyTransport { faults: [Cut], fired: 1, sent: 0, .. }"
    );
}
