//! Every fault fires once, in its turn, and on the right side of the effect.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod wire;

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use clerk_emulator::{Emulator, Fault, TokenStatus};
use wire::{FORM, PATIENCE, Reply, Request, create, host, revoke, send_into_fault};

/// Creates once with the fault, then once more: a fault is over after one request.
fn create_with(fault: Fault) -> (Emulator, Option<Reply>) {
    let emulator = Emulator::start().unwrap();
    emulator.inject(fault);
    let reply = Request::create(&emulator, FORM).try_send(&emulator);
    assert_eq!(emulator.faults_fired(), 1);
    assert_eq!(emulator.requests(), 1);
    let left_behind = emulator.tokens().len();
    assert_eq!(create(&emulator).status(), 200);
    assert_eq!(emulator.faults_fired(), 1);
    assert_eq!(emulator.tokens().len(), left_behind + 1);
    (emulator, reply)
}

/// How many tokens the request with the fault left behind.
fn left_behind(emulator: &Emulator) -> usize {
    emulator.tokens().len() - 1
}

#[test]
fn a_plan_without_impersonation_is_402() {
    let (emulator, reply) = create_with(Fault::plan_lacks_impersonation());
    let reply = reply.unwrap();
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (402, "unsupported_subscription_plan_features")
    );
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn a_used_up_quota_is_422_about_no_parameter() {
    let (emulator, reply) = create_with(Fault::quota_used_up());
    let reply = reply.unwrap();
    assert_eq!((reply.status(), reply.code().as_str()), (422, "impersonation_quota_exceeded"));
    assert_eq!(reply.error().get("meta"), None);
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn too_many_requests_is_429_and_says_when_to_come_back() {
    for (fault, retry_after) in
        [(Fault::too_many_requests(7), "7"), (Fault::too_many_requests("inf"), "inf")]
    {
        let (emulator, reply) = create_with(fault);
        let reply = reply.unwrap();
        assert_eq!((reply.status(), reply.code().as_str()), (429, "too_many_requests"));
        assert_eq!(reply.header("Retry-After"), Some(retry_after));
        assert_eq!(left_behind(&emulator), 0);
    }
}

#[test]
fn any_status_can_come_with_clerks_errors() {
    let fault = Fault::clerk_errors(503, "service_unavailable")
        .header("Retry-After", 1)
        .header("X-Odd", "yes");
    let (emulator, reply) = create_with(fault);
    let reply = reply.unwrap();
    assert_eq!((reply.status(), reply.code().as_str()), (503, "service_unavailable"));
    assert_eq!(reply.header("Retry-After"), Some("1"));
    assert_eq!(reply.header("X-Odd"), Some("yes"));
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn any_answer_can_be_given() {
    let (emulator, reply) = create_with(Fault::raw(502, "text/html", "<h1>Bad Gateway</h1>"));
    let reply = reply.unwrap();
    assert_eq!(reply.status(), 502);
    assert_eq!(reply.header("Content-Type"), Some("text/html"));
    assert_eq!(reply.header("Clerk-Trace-Id"), None);
    assert_eq!(reply.body, "<h1>Bad Gateway</h1>");
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn an_answer_without_content_type_can_be_given() {
    let (_emulator, reply) = create_with(Fault::raw(200, "", ""));
    let reply = reply.unwrap();
    assert_eq!((reply.status(), reply.header("Content-Type")), (200, None));
    assert_eq!(reply.header("Content-Length"), Some("0"));
}

#[test]
fn a_wrong_answer_can_hide_a_token_that_was_made() {
    let (emulator, reply) = create_with(Fault::raw(504, "text/plain", "timed out").after_effect());
    assert_eq!(reply.unwrap().status(), 504);
    assert_eq!(left_behind(&emulator), 1);
}

#[test]
fn a_connection_dropped_before_the_effect_leaves_nothing() {
    let (emulator, reply) = create_with(Fault::drop_connection());
    assert!(reply.is_none());
    assert_eq!(left_behind(&emulator), 0);
}

#[test]
fn a_connection_dropped_after_the_effect_leaves_a_token() {
    let (emulator, reply) = create_with(Fault::drop_connection().after_effect());
    assert!(reply.is_none());
    assert_eq!(left_behind(&emulator), 1);
}

#[test]
fn a_revoke_can_be_lost_before_or_after_it_took_effect() {
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
fn an_answer_breaks_off_after_so_many_bytes() {
    for bytes in [0, 1, 25] {
        let (emulator, reply) = create_with(Fault::cut_response(bytes));
        let reply = reply.unwrap();
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.body.len(), bytes);
        assert!(r#"{"object":"actor_token","i"#.starts_with(&reply.body), "{}", reply.body);
        let promised: usize = reply.header("Content-Length").unwrap().parse().unwrap();
        assert!(promised > bytes);
        assert_eq!(left_behind(&emulator), 1);
    }
}

#[test]
fn an_answer_that_is_cut_is_never_whole() {
    let (emulator, reply) = create_with(Fault::cut_response(usize::MAX));
    let reply = reply.unwrap();
    let promised: usize = reply.header("Content-Length").unwrap().parse().unwrap();
    assert_eq!(reply.body.len(), promised - 1);
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
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn a_delay_ends_in_the_proper_answer() {
    for fault in [
        Fault::delay(Duration::from_millis(5)),
        Fault::delay(Duration::from_millis(5)).after_effect(),
    ] {
        let (emulator, reply) = create_with(fault);
        assert_eq!(reply.unwrap().status(), 200);
        assert_eq!(left_behind(&emulator), 1);
    }
}

#[test]
fn during_a_delay_before_the_effect_there_is_no_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_secs(3600)));
    let _stream = send_into_fault(&emulator);
    assert!(emulator.tokens().is_empty());
}

#[test]
fn during_a_delay_after_the_effect_there_is_a_token() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_secs(3600)).after_effect());
    let _stream = send_into_fault(&emulator);
    assert_eq!(emulator.tokens().len(), 1);
}

#[test]
fn a_client_that_hangs_up_during_the_delay_takes_its_request_along() {
    let emulator = Emulator::start().unwrap();
    emulator.inject(Fault::delay(Duration::from_millis(100)));
    emulator.inject(Fault::delay(Duration::from_millis(200)));
    let stream = send_into_fault(&emulator);
    stream.shutdown(Shutdown::Both).unwrap();
    // The second request is answered after the first one's delay is over.
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
fn a_fault_also_hits_a_request_that_would_be_refused() {
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
fn a_fault_that_http_cannot_carry_says_so() {
    for fault in [
        Fault::clerk_errors(99, "too_small"),
        Fault::clerk_errors(103, "no_answer"),
        Fault::raw(1000, "text/plain", ""),
        Fault::raw(200, "text/\nplain", ""),
        Fault::quota_used_up().header("Not A Name", "x"),
        Fault::quota_used_up().header("Content-Length", 999),
        Fault::quota_used_up().header("transfer-encoding", "chunked"),
        Fault::too_many_requests("a\r\nb"),
    ] {
        let (_emulator, reply) = create_with(fault);
        let reply = reply.unwrap();
        assert_eq!((reply.status(), reply.code().as_str()), (500, "emulator_fault_cannot_be_sent"));
    }
}

#[test]
fn half_a_request_is_counted_and_has_no_effect() {
    let emulator = Emulator::start().unwrap();
    let whole = Request::create(&emulator, FORM).bytes();
    let mut stream = TcpStream::connect(host(&emulator)).unwrap();
    stream.write_all(&whole[..whole.len() - 1]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut nothing = Vec::new();
    stream.read_to_end(&mut nothing).unwrap();
    assert_eq!(emulator.requests(), 1);
    assert!(emulator.tokens().is_empty());
    assert_eq!(revoke(&emulator, "act_unheard_of").status(), 404);
}
