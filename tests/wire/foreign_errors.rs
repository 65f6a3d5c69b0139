use std::time::Duration;

use clerk_actor_tokens::{Error, UnexpectedResponse};
use clerk_tests::{
    operation::Operation,
    stub::{KEY, Stub, predicates, requests, shown},
};
use wiremock::{MockServer, ResponseTemplate};

fn unexpected(error: &Error) -> &UnexpectedResponse {
    let Error::Unexpected(response) = error else { panic!("{error:?}") };
    response
}

#[tokio::test]
async fn an_error_response_that_is_not_from_clerk_is_kept_and_not_shown() {
    for body in [
        "<html><h1>body_canary</h1></html>",
        "",
        r#"{"errors":[{"code":"body_canary""#,
        r#"{"error":"body_canary"}"#,
        r#"{"errors":"body_canary"}"#,
        r#"["body_canary"]"#,
        "null",
    ] {
        for (status, expected) in [
            (400, &["is_invalid_request"][..0]),
            (401, &["is_unauthorized"]),
            (402, &["is_payment_required"]),
            (403, &[]),
            // A wrong base URL gets a 404, too.
            (404, &[]),
            (422, &[]),
            (429, &["is_rate_limited"]),
            (408, &["is_ambiguous"]),
            (500, &["is_ambiguous"]),
            (502, &["is_ambiguous"]),
            (503, &["is_ambiguous"]),
            (504, &["is_ambiguous"]),
        ] {
            let response = ResponseTemplate::new(status)
                .set_body_raw(body, "text/html")
                .insert_header("cf-ray", "ray_1")
                .insert_header("Retry-After", "7");
            let stub = Stub::start(response).await;
            for operation in Operation::BOTH {
                let error = stub.call(operation).await.unwrap_err();
                let response = unexpected(&error);
                assert_eq!(
                    (response.status().as_u16(), error.status().unwrap().as_u16()),
                    (status, status)
                );
                assert_eq!((response.body(), response.body_length()), (body, body.len()));
                assert_eq!((error.trace_id(), error.attempts()), (Some("ray_1"), 1));
                assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
                assert_eq!(predicates(&error), expected, "{operation:?} {status} {body}");
                assert!(!shown(&error).contains("body_canary"), "{error:?}");
            }
            assert_eq!(stub.requests().await.len(), 2);
        }
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = MockServer::start().await;
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        let response = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        let stub = Stub::start(response).await;
        for operation in Operation::BOTH {
            let error = stub.call(operation).await.unwrap_err();
            assert_eq!(
                (unexpected(&error).status().as_u16(), predicates(&error)),
                (status, if status == 303 { vec!["is_ambiguous"] } else { vec![] })
            );
        }
        assert_eq!(stub.requests().await.len(), 2);
    }
    assert_eq!(requests(&elsewhere).await.len(), 0, "the key was sent elsewhere");
}

#[tokio::test]
async fn four_kib_of_a_long_body_are_kept() {
    for (body, kept) in
        [("x".repeat(10 * 1024), 4096), ("ü".repeat(4096), 4096), ("a".repeat(4096), 4096)]
    {
        let stub = Stub::start(ResponseTemplate::new(500).set_body_string(body.clone())).await;
        let error = stub.call(Operation::Create).await.unwrap_err();
        let response = unexpected(&error);
        assert_eq!((response.body(), response.body_length()), (&body[..kept], body.len()));
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_kept_with_replacement_characters() {
    let stub = Stub::start(ResponseTemplate::new(500).set_body_bytes([b'a', 0xff, 0, b'z'])).await;
    let error = stub.call(Operation::Create).await.unwrap_err();
    assert_eq!((unexpected(&error).body(), unexpected(&error).body_length()), ("a\u{fffd}\0z", 4));
}

#[tokio::test]
async fn an_echoed_secret_is_redacted() {
    for (sent, kept) in [
        (format!("Authorization: Bearer {KEY}"), "Authorization: Bearer [redacted]"),
        (
            "see https://c.example.com/v1/tickets/accept?ticket=canary&x=1".to_owned(),
            "see https://c.example.com/v1/tickets/accept?ticket=[redacted]&x=1",
        ),
        (
            r#"{"token":"canary","url":"https://canary"} canary"#.to_owned(),
            r#"{"token":"[redacted]","url":"[redacted]"} [redacted]"#,
        ),
        ("eyJhbGci.eyJpc3Mi.canary".to_owned(), "[redacted]"),
    ] {
        let response = ResponseTemplate::new(502)
            .set_body_string(sent)
            .insert_header("Clerk-Trace-Id", format!("trace {KEY}"));
        let error = Stub::start(response).await.call(Operation::Create).await.unwrap_err();
        assert_eq!(unexpected(&error).body(), kept);
        assert_eq!(error.trace_id(), Some("trace [redacted]"));
        assert!(!shown(&error).contains("canary"), "{error:?}");
    }
}
