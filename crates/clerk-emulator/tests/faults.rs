//! Every fault fires once, in order, and before or after the effect as requested.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use clerk_emulator::{Emulator, Fault, Operation, SessionStatus, TokenStatus};
use http_client::{FORM, Request, Response, TIMEOUT, create, host, revoke, send_into_fault};
use serde_json::json;

/// Sends a create on which the fault fires, and a second one to check that it fires only once.
fn create_with(fault: Fault) -> (Emulator, Option<Response>) {
    let emulator = Emulator::start().unwrap();
    emulator.inject(fault);
    let response = Request::create(&emulator, FORM).try_send(&emulator);
    assert_eq!(emulator.faults_fired(), 1);
    assert_eq!(emulator.requests(), 1);
    let left_behind = emulator.tokens().len();
    assert_eq!(create(&emulator).status(), 200);
    assert_eq!(emulator.faults_fired(), 1);
    assert_eq!(emulator.tokens().len(), left_behind + 1);
    (emulator, response)
}

/// Returns the number of tokens that the create with the fault left behind.
fn left_behind(emulator: &Emulator) -> usize {
    emulator.tokens().len() - 1
}

#[test]
fn a_plan_without_impersonation_is_402() {
    let (emulator, response) = create_with(Fault::plan_lacks_impersonation());
    let response = response.unwrap();
    assert_eq!(
        (response.status(), response.code().as_str()),
        (402, "unsupported_subscription_plan_features")
    );
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn a_used_up_quota_is_422_with_the_limit_in_meta() {
    let (emulator, response) = create_with(Fault::quota_used_up());
    let response = response.unwrap();
    assert_eq!(response.status(), 422);
    let expected = json!({
        "message": "Impersonation limit exceeded",
        "long_message": "Your application has reached the impersonation limit for your plan (100/100). The limit will reset at the beginning of the next billing period.",
        "code": "impersonation_limit_exceeded",
        "meta": { "limit": 100, "used": 100 },
    });
    assert_eq!(response.error(), expected);
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn too_many_requests_is_429_with_retry_after() {
    for (fault, retry_after) in
        [(Fault::too_many_requests(7), "7"), (Fault::too_many_requests("inf"), "inf")]
    {
        let (emulator, response) = create_with(fault);
        let response = response.unwrap();
        assert_eq!((response.status(), response.code().as_str()), (429, "too_many_requests"));
        assert_eq!(response.header("Retry-After"), Some(retry_after));
        assert_eq!(left_behind(&emulator), 0);
    }
}

#[test]
fn clerk_errors_can_have_any_status() {
    let fault = Fault::clerk_errors(503, "service_unavailable")
        .header("Retry-After", 1)
        .header("X-Odd", "yes");
    let (emulator, response) = create_with(fault);
    let response = response.unwrap();
    assert_eq!((response.status(), response.code().as_str()), (503, "service_unavailable"));
    assert_eq!(response.header("Retry-After"), Some("1"));
    assert_eq!(response.header("X-Odd"), Some("yes"));
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn raw_responses_are_sent_as_they_are() {
    let (emulator, response) = create_with(Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>"));
    let response = response.unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(response.header("Content-Type"), Some("text/html"));
    assert_eq!(response.header("Clerk-Trace-Id"), None);
    assert_eq!(response.body, "<h1>Bad Gateway</h1>");
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn raw_responses_can_lack_a_content_type() {
    let (_emulator, response) = create_with(Fault::raw(200, "", ""));
    let response = response.unwrap();
    assert_eq!((response.status(), response.header("Content-Type")), (200, None));
    assert_eq!(response.header("Content-Length"), Some("0"));
}

#[test]
fn a_response_after_the_effect_can_hide_a_token() {
    let (emulator, response) =
        create_with(Fault::raw(504, "text/plain", "timed out").after_effect());
    assert_eq!(response.unwrap().status(), 504);
    assert_eq!(left_behind(&emulator), 1);
}

#[test]
fn a_connection_dropped_before_the_effect_leaves_no_token() {
    let (emulator, response) = create_with(Fault::drop_connection());
    assert!(response.is_none());
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn a_connection_dropped_after_the_effect_leaves_a_token() {
    let (emulator, response) = create_with(Fault::drop_connection().after_effect());
    assert!(response.is_none());
    assert_eq!(left_behind(&emulator), 1);
}

#[test]
fn a_revoke_can_be_lost_before_or_after_its_effect() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    emulator.inject(Fault::drop_connection());
    assert!(Request::revoke(&emulator, &id).try_send(&emulator).is_none());
    assert_eq!(emulator.token(&id).unwrap().status, TokenStatus::Pending);
    emulator.inject(Fault::drop_connection().after_effect());
    assert!(Request::revoke(&emulator, &id).try_send(&emulator).is_none());
    assert_eq!(emulator.token(&id).unwrap().status, TokenStatus::Revoked);
    assert_eq!(emulator.faults_fired(), 2);
}

#[test]
fn a_response_is_cut_after_n_bytes() {
    for bytes in [0, 1, 25] {
        let (emulator, response) = create_with(Fault::cut_response(bytes));
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.body.len(), bytes);
        assert!(r#"{"object":"actor_token","i"#.starts_with(&response.body), "{}", response.body);
        let announced: usize = response.header("Content-Length").unwrap().parse().unwrap();
        assert!(announced > bytes);
        assert_eq!(left_behind(&emulator), 1);
    }
}

#[test]
fn a_cut_response_is_never_complete() {
    let (emulator, response) = create_with(Fault::cut_response(usize::MAX));
    let response = response.unwrap();
    let announced: usize = response.header("Content-Length").unwrap().parse().unwrap();
    assert_eq!(response.body.len(), announced - 1);
    assert_eq!(left_behind(&emulator), 1);
}

#[test]
fn silence_before_the_effect_leaves_no_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::silence());
    assert_silent_until_disconnected(send_into_fault(&emulator));
    assert!(emulator.tokens().is_empty());
}

#[test]
fn silence_after_the_effect_leaves_a_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::silence().after_effect());
    assert_silent_until_disconnected(send_into_fault(&emulator));
    assert_eq!(emulator.tokens().len(), 1);
}

/// Checks that nothing arrives while the connection is open, and that the emulator closes its end
/// once the client has closed its own.
fn assert_silent_until_disconnected(mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");

    stream.shutdown(Shutdown::Write).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn a_delay_ends_with_the_normal_response() {
    for fault in [
        Fault::delay(Duration::from_millis(5)),
        Fault::delay(Duration::from_millis(5)).after_effect(),
    ] {
        let (emulator, response) = create_with(fault);
        assert_eq!(response.unwrap().status(), 200);
        assert_eq!(left_behind(&emulator), 1);
    }
}

#[test]
fn a_delay_before_the_effect_postpones_the_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_secs(3600)));
    let _stream = send_into_fault(&emulator);
    assert!(emulator.tokens().is_empty());
}

#[test]
fn a_delay_after_the_effect_does_not_postpone_the_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_secs(3600)).after_effect());
    let _stream = send_into_fault(&emulator);
    assert_eq!(emulator.tokens().len(), 1);
}

#[test]
fn disconnecting_during_a_delay_cancels_the_effect() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_millis(100)));
    emulator.inject(Fault::delay(Duration::from_millis(200)));
    let stream = send_into_fault(&emulator);
    stream.shutdown(Shutdown::Both).unwrap();
    // The second response arrives only after the delay of the first request is over.
    let id = create(&emulator).id();
    assert_eq!(emulator.tokens().len(), 1);
    assert_eq!(emulator.tokens()[0].id, id);
}

#[test]
fn other_clients_are_served_during_a_delay() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_secs(3600)));
    let _stream = send_into_fault(&emulator);
    assert_eq!(create(&emulator).status(), 200);
}

#[test]
fn faults_are_taken_in_order() {
    let emulator = Emulator::start().unwrap();
    for status in [500, 501, 502] {
        emulator.inject(Fault::clerk_errors(status, "in_turn"));
    }
    let statuses: Vec<u16> = (0..4).map(|_| create(&emulator).status()).collect();
    assert_eq!(statuses, [500, 501, 502, 200]);
    assert_eq!(emulator.faults_fired(), 3);
}

#[test]
fn a_fault_can_wait_for_an_operation() {
    let emulator = Emulator::start().unwrap();
    let session = emulator.start_session("user_1").id;
    let revoke_session = Request::post(&emulator, format!("/v1/sessions/{session}/revoke"));
    emulator.inject(Fault::drop_connection().after_effect().on(Operation::RevokeSession));
    emulator.inject(Fault::clerk_errors(503, "for_any").on(Operation::CreateActorToken));
    emulator.inject(Fault::clerk_errors(500, "for_any"));

    // The first request takes the first fault that is for any operation, and the others wait on.
    assert_eq!(Request::get(&emulator, "/v1/sessions").send(&emulator).status(), 500);
    assert_eq!(Request::get(&emulator, "/v1/sessions").send(&emulator).status(), 200);
    assert_eq!(Request::get(&emulator, "/unknown").send(&emulator).status(), 404);
    assert_eq!(emulator.faults_fired(), 1);
    assert!(revoke_session.try_send(&emulator).is_none());
    assert_eq!(emulator.session(&session).unwrap().status, SessionStatus::Revoked);
    assert_eq!(create(&emulator).status(), 503);
    assert_eq!(emulator.faults_fired(), 3);
}

#[test]
fn a_fault_also_fires_on_a_request_that_would_be_refused() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::drop_connection());
    assert!(
        Request { authorization: None, ..Request::create(&emulator, FORM) }
            .try_send(&emulator)
            .is_none()
    );
    assert_eq!(emulator.faults_fired(), 1);
}

#[test]
fn a_fault_that_http_cannot_carry_is_reported() {
    for fault in [
        Fault::clerk_errors(99, "too_small"),
        Fault::clerk_errors(103, "not_final"),
        Fault::raw(1000, "text/plain", ""),
        Fault::raw(200, "text/\nplain", ""),
        Fault::quota_used_up().header("Not A Name", "x"),
        Fault::quota_used_up().header("Content-Length", 999),
        Fault::quota_used_up().header("transfer-encoding", "chunked"),
        Fault::too_many_requests("a\r\nb"),
    ] {
        let (_emulator, response) = create_with(fault);
        let response = response.unwrap();
        assert_eq!(
            (response.status(), response.code().as_str()),
            (500, "emulator_fault_cannot_be_sent")
        );
    }
}

#[test]
fn half_a_request_counts_and_has_no_effect() {
    let emulator = Emulator::start().unwrap();
    let bytes = Request::create(&emulator, FORM).bytes();
    let mut stream = TcpStream::connect(host(&emulator)).unwrap();
    stream.write_all(&bytes[..bytes.len() - 1]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(emulator.requests(), 1);
    assert!(emulator.tokens().is_empty());
    assert_eq!(revoke(&emulator, "act_unknown").status(), 404);
}
