use std::time::Duration;

use clerk_actor_tokens::{ApiError, Error};
use clerk_tests::{
    operation::Operation,
    stub::{KEY, Stub, json_response, predicates, shown},
};
use serde_json::{Value, json};

/// An entry of `ClerkErrors`: code, message, long message, meta.
type Entry = (&'static str, &'static str, &'static str, &'static str);

const MISSING_SUB: Entry = (
    "form_param_missing",
    "is missing",
    "actor.sub must be included.",
    r#"{"param_name":"actor.sub"}"#,
);
const BAD_LIFETIME: Entry = (
    "form_param_value_invalid",
    "is invalid",
    "expires_in_seconds is invalid",
    r#"{"param_name":"expires_in_seconds"}"#,
);
const BAD_BODY: Entry =
    ("request_body_invalid", "is invalid", "The request body is invalid.", "{}");
const NOT_IN_PLAN: Entry = (
    "unsupported_subscription_plan_features",
    "unsupported",
    "Your plan lacks impersonation.",
    r#"{"unsupported_features":["impersonation"],"price":1.10}"#,
);
const QUOTA: Entry = (
    "impersonation_limit_exceeded",
    "Impersonation limit exceeded",
    "Your application has reached the impersonation limit for your plan (100/100).",
    r#"{"limit":100,"used":100}"#,
);
const NOT_PENDING: Entry = (
    "actor_token_cannot_be_revoked_code",
    "cannot revoke",
    "Actor token cannot be revoked because its status is accepted. Only pending tokens can be revoked.",
    "{}",
);
const NO_TOKEN: Entry = ("resource_not_found", "not found", "Resource not found", "{}");
const NO_USER: Entry =
    ("resource_not_found", "not found", "No user was found with id user_1", "{}");
const OTHER: Entry =
    ("something_new", "says little", "Says ümuch.", r#"{"n":123456789012345678901234567890}"#);

fn clerk_errors(entries: &[Entry]) -> String {
    let entries: Vec<_> = entries
        .iter()
        .map(|(code, message, long_message, meta)| {
            format!(
                r#"{{"message":{},"long_message":{},"code":{},"meta":{meta}}}"#,
                json!(message),
                json!(long_message),
                json!(code)
            )
        })
        .collect();
    format!(
        r#"{{"errors":[{}],"meta":{{"ratio":1.10}},"clerk_trace_id":"trace_of_the_body"}}"#,
        entries.join(",")
    )
}

/// Makes a call that gets this error response, and checks that every part of it is kept.
async fn failed_call(operation: Operation, status: u16, entries: &[Entry]) -> Error {
    let stub = Stub::start(json_response(status, clerk_errors(entries))).await;
    let error = stub.call(operation).await.unwrap_err();
    assert_eq!(stub.requests().await.len(), 1, "{error}");

    let Error::Api(api) = &error else { panic!("{error:?}") };
    let read: Vec<_> = api
        .errors()
        .iter()
        .map(|entry| {
            (entry.code(), entry.message(), entry.long_message().unwrap(), entry.meta().as_json())
        })
        .collect();
    assert_eq!(read, entries);
    assert_eq!(api.meta().as_json(), r#"{"ratio":1.10}"#);
    assert_eq!(api.body(), clerk_errors(entries));
    assert_eq!((api.status().as_u16(), error.status()), (status, Some(api.status())));
    assert_eq!(
        (api.trace_id(), error.trace_id()),
        (Some("trace_of_the_body"), Some("trace_of_the_body"))
    );
    assert_eq!(
        (api.retry_after(), error.retry_after(), error.actor_token_id()),
        (None, None, None)
    );
    assert_eq!(error.attempts(), 1);
    assert!(!shown(&error).contains(KEY));

    let message = error.to_string();
    let (code, _, long_message, _) = entries[0];
    for part in [&status.to_string(), code, long_message, "trace_of_the_body"] {
        assert!(message.contains(part), "{message} lacks {part}");
    }
    error
}

#[tokio::test]
async fn every_documented_error_is_read_and_has_its_predicate() {
    use Operation::{Create, Revoke};
    for (operation, status, entries, expected) in [
        (Create, 400, &[BAD_BODY][..], &["is_invalid_request"][..]),
        (Create, 402, &[NOT_IN_PLAN], &["is_payment_required"]),
        (Create, 422, &[MISSING_SUB, BAD_LIFETIME], &["is_invalid_request"]),
        (Create, 422, &[QUOTA], &["is_quota_exceeded"]),
        (Revoke, 400, &[NOT_PENDING], &["is_not_pending"]),
        (Revoke, 400, &[BAD_BODY, OTHER], &["is_invalid_request"]),
        (Revoke, 404, &[NO_TOKEN], &["is_not_found"]),
    ] {
        let error = failed_call(operation, status, entries).await;
        assert_eq!(predicates(&error), expected, "{operation:?} {status} {entries:?}");
    }
}

#[tokio::test]
async fn clerk_errors_are_read_with_any_other_status() {
    for (status, entry, expected) in [
        (
            401,
            ("clerk_key_invalid", "invalid", "The key is invalid.", "{}"),
            &["is_unauthorized"][..],
        ),
        (403, OTHER, &[]),
        (404, NO_USER, &["is_not_found"]),
        (405, OTHER, &[]),
        (409, OTHER, &[]),
        (413, OTHER, &[]),
        (429, ("too_many_requests", "slow down", "Too many requests.", "{}"), &["is_rate_limited"]),
        (451, OTHER, &[]),
        (408, OTHER, &["is_ambiguous"]),
        (500, OTHER, &["is_ambiguous"]),
        (502, OTHER, &["is_ambiguous"]),
        (503, OTHER, &["is_ambiguous"]),
        (599, OTHER, &["is_ambiguous"]),
    ] {
        for operation in Operation::BOTH {
            let error = failed_call(operation, status, &[entry, OTHER]).await;
            assert_eq!(predicates(&error), expected, "{operation:?} {status}");
        }
    }
}

#[tokio::test]
async fn a_named_parameter_makes_a_422_an_invalid_request() {
    for (entry, is_invalid) in [
        (("new_code", "m", "l", r#"{"param_name":"actor"}"#), true),
        (("form_new_code", "m", "l", "{}"), true),
        (("new_code", "m", "l", r#"{"param":"actor"}"#), false),
    ] {
        let error = failed_call(Operation::Create, 422, &[entry]).await;
        assert_eq!(error.is_invalid_request(), is_invalid, "{entry:?}");
    }
}

#[tokio::test]
async fn retry_after_is_read_from_every_error_response() {
    for (status, retry_after, wait) in [
        (429, "7", Some(Duration::from_secs(7))),
        (429, "Thu, 01 Jan 1970 00:00:00 GMT", Some(Duration::ZERO)),
        (503, "120", Some(Duration::from_secs(120))),
        (403, "1", Some(Duration::from_secs(1))),
        (429, "inf", None),
        (429, "-1", None),
        (429, "1.5", None),
        (429, "999999999999999999999999999999", Some(Duration::MAX)),
    ] {
        for operation in Operation::BOTH {
            let response = json_response(status, clerk_errors(&[OTHER]))
                .insert_header("Retry-After", retry_after);
            let error = Stub::start(response).await.call(operation).await.unwrap_err();
            assert_eq!(
                (error.retry_after(), error.attempts()),
                (wait, 1),
                "{status} {retry_after}"
            );
        }
    }
}

fn api(error: &Error) -> &ApiError {
    let Error::Api(api) = error else { panic!("{error:?}") };
    api
}

async fn error_of(body: impl Into<String>) -> Error {
    Stub::start(json_response(422, body)).await.call(Operation::Create).await.unwrap_err()
}

#[tokio::test]
async fn a_missing_long_message_does_not_affect_the_rest() {
    for rest in ["", r#","long_message":null"#] {
        let error = error_of(format!(r#"{{"errors":[{{"code":"c","message":"m"{rest}}}]}}"#)).await;
        let [entry] = api(&error).errors() else { panic!("{error:?}") };
        assert_eq!((entry.code(), entry.message(), entry.long_message()), ("c", "m", None));
        assert!(error.to_string().contains("c: m"), "{error}");
        assert_eq!((entry.meta().as_json(), api(&error).meta().as_json()), ("{}", "{}"));
    }
}

#[tokio::test]
async fn an_empty_list_of_errors_is_still_from_clerk() {
    for body in [r#"{"errors":[]}"#, r#"{"errors":null,"new":1}"#] {
        let error = error_of(body).await;
        assert!(api(&error).errors().is_empty());
        assert_eq!((predicates(&error), error.status().unwrap().as_u16()), (vec![], 422));
    }
}

#[tokio::test]
async fn clerk_errors_are_read_whatever_the_content_type() {
    let body = clerk_errors(&[MISSING_SUB]);
    for content_type in [
        "application/json; charset=utf-8",
        "application/problem+json",
        "text/html",
        "text/plain",
        "x",
    ] {
        let response =
            wiremock::ResponseTemplate::new(422).set_body_raw(body.clone(), content_type);
        let error = Stub::start(response).await.call(Operation::Create).await.unwrap_err();
        assert_eq!(api(&error).errors()[0].code(), "form_param_missing", "{content_type}");
    }
    let none = wiremock::ResponseTemplate::new(422).set_body_bytes(body);
    let error = Stub::start(none).await.call(Operation::Create).await.unwrap_err();
    assert_eq!(api(&error).errors()[0].code(), "form_param_missing");
}

#[tokio::test]
async fn the_trace_id_comes_from_the_body_or_else_a_header() {
    let headers = [("Clerk-Trace-Id", "of_the_header"), ("cf-ray", "of_the_proxy")];
    for (trace_id, headers, expected) in [
        (json!("of_the_body"), &headers[..], Some("of_the_body")),
        (json!(null), &headers, Some("of_the_header")),
        (json!(null), &headers[1..], Some("of_the_proxy")),
        (json!(null), &[], None),
    ] {
        let body: Value = json!({"errors": [], "clerk_trace_id": trace_id});
        let response =
            headers.iter().fold(json_response(400, body.to_string()), |response, (name, value)| {
                response.insert_header(*name, *value)
            });
        let error = Stub::start(response).await.call(Operation::Revoke).await.unwrap_err();
        assert_eq!(error.trace_id(), expected);
    }
}

#[tokio::test]
async fn an_echoed_key_is_redacted_everywhere() {
    let body = clerk_errors(&[OTHER])
        .replace("trace_of", KEY)
        .replace("Says", KEY)
        .replace("1.10", &json!(KEY).to_string());
    let error = error_of(body).await;
    let entry = &api(&error).errors()[0];
    assert_eq!(entry.long_message().unwrap(), "[redacted] ümuch.");
    assert_eq!(error.trace_id().unwrap(), "[redacted]_the_body");
    assert_eq!(api(&error).meta().as_json(), r#"{"ratio":"[redacted]"}"#);
    assert!(!shown(&error).contains(KEY) && !api(&error).body().contains(KEY), "{error:?}");
}
