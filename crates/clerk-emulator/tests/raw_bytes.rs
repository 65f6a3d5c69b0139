//! Bytes that no client should send: the emulator serves the next client as if nothing had been.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use clerk_emulator::Emulator;
use http_client::{TIMEOUT, create, host};

/// Sends bytes and returns the status of the response, if one arrives before the stream ends.
fn send(emulator: &Emulator, bytes: &[u8], is_half: bool) -> Option<u16> {
    let mut stream = TcpStream::connect(host(emulator)).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    // The emulator may refuse and close before it has read everything.
    drop(stream.write_all(bytes));
    if is_half {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    let mut response = Vec::new();
    drop(stream.read_to_end(&mut response));
    let response = String::from_utf8_lossy(&response);
    let status = response.strip_prefix("HTTP/1.1 ").or(response.strip_prefix("HTTP/1.0 "))?;
    Some(status.get(..3)?.parse().unwrap())
}

/// Returns a GET of this target.
fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

/// Checks that bytes get a response with this status, or none if they are half a request, and that
/// nothing else happens.
#[track_caller]
fn assert_survived(bytes: &[u8], status: Option<u16>) {
    let emulator = Emulator::start().unwrap();
    let session = emulator.start_session("user_1");
    let shown: String = String::from_utf8_lossy(bytes).chars().take(200).collect();
    assert_eq!(send(&emulator, bytes, status.is_none()), status, "{shown:?}");
    assert_eq!(create(&emulator).status(), 200, "{shown:?}");
    assert_eq!(emulator.session(&session.id), Some(session), "{shown:?}");
}

#[test]
fn bytes_that_are_not_http_do_no_harm() {
    assert_survived(b"", None);
    assert_survived(b"\r\n\r\n", None);
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"\xff\xfe\xfd \x00 HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA\0: b\r\n\r\n",
    ] {
        assert_survived(bytes, Some(400));
    }
}

#[test]
fn half_a_request_does_no_harm() {
    for bytes in [
        &b"GET /v1/sess"[..],
        b"POST /v1/client/sign_ins HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /v1/client/sign_ins HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nstra",
        b"POST /v1/client/sign_ins HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\xff\x04",
    ] {
        assert_survived(bytes, None);
    }
}

#[test]
fn odd_targets_do_no_harm() {
    for (target, status) in [
        ("*", 404),
        ("/%", 404),
        ("//v1//sessions", 404),
        ("/v1/sessions/..%2f..%2fetc", 401),
        ("/sessions/%00", 404),
        ("/sessions/%ff%fe", 404),
        ("/sessions/'\"{}|", 404),
        ("/sign-in?__clerk_ticket=%", 400),
        ("/sign-in?__clerk_ticket=%ff%fe.%00.", 400),
        ("/sign-in?__clerk_ticket=..", 400),
        ("/sign-in?&&==&=&__clerk_ticket", 400),
        ("/v1/tickets/accept?ticket=e30.e30.e30", 400),
        ("/v1/tickets/accept?ticket=%0d%0aSet-Cookie:%20a=b", 400),
    ] {
        assert_survived(&get(target), Some(status));
    }
    assert_survived(&get(&format!("/sign-in?__clerk_ticket={}", "a.".repeat(20_000))), Some(400));
    assert_survived(&get(&format!("/sessions/{}", "a".repeat(20_000))), Some(404));
    assert_survived(&get(&format!("/{}", "a".repeat(70_000))), Some(414));
}

#[test]
fn odd_headers_do_no_harm() {
    let touch = |headers: &str| {
        format!(
            "POST /v1/client/sessions/sess_1/touch HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\n{headers}\r\n\r\n"
        )
    };
    for headers in [
        "Cookie: __client=",
        "Cookie: ;;; __client ; =; __client=a.b.c",
        "Cookie: __client=\u{fc}",
        "Origin: \u{fc}\r\nContent-Type: \u{fc}\r\nAuthorization: \u{fc}",
        "Content-Length: 0\r\nContent-Type: ;",
    ] {
        assert_survived(touch(headers).as_bytes(), Some(401));
    }
    assert_survived(touch(["a: b"; 200].join("\r\n").as_str()).as_bytes(), Some(431));
}

#[test]
fn odd_forms_do_no_harm() {
    for form in [
        &b"%"[..],
        b"&=&=&",
        b"strategy=ticket&ticket=%ff",
        b"strategy=ticket&ticket=\xff\xfe\0",
        b"strategy=%00",
    ] {
        let mut request = format!(
            "POST /v1/client/sign_ins HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            form.len()
        )
        .into_bytes();
        request.extend_from_slice(form);
        let status = if form.starts_with(b"strategy=ticket") { 400 } else { 422 };
        assert_survived(&request, Some(status));
    }
}
