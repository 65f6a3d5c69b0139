use clerk_actor_tokens::{ActorToken, ActorTokenStatus, Error, UnixMillis};
use clerk_tests::{
    operation::Operation,
    stub::{Stub, actor_token, json_response, predicates, shown},
};
use serde_json::{Value, json};

/// Returns the body of a response to a create, with one member replaced, or removed if there is no
/// value.
fn with(member: &str, value: Option<Value>) -> String {
    let mut token = actor_token(Operation::Create);
    let members = token.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    token.to_string()
}

async fn created(status: u16, body: impl Into<String>) -> Result<ActorToken, Error> {
    Stub::start(json_response(status, body)).await.call(Operation::Create).await
}

#[tokio::test]
async fn new_statuses_and_members_are_accepted() {
    let token = created(200, with("status", Some(json!("expired")))).await.unwrap();
    assert_eq!(token.status, ActorTokenStatus::Unknown("expired".to_owned()));
    let token =
        created(200, with("new", Some(json!({"id": "act_2", "deep": [1, null]})))).await.unwrap();
    assert_eq!(token.id.as_str(), "act_1");
}

#[tokio::test]
async fn a_credential_may_be_missing_or_null() {
    for value in [None, Some(json!(null))] {
        assert_eq!(created(200, with("token", value.clone())).await.unwrap().token, None);
        assert_eq!(created(200, with("url", value)).await.unwrap().url, None);
    }
}

#[tokio::test]
async fn an_actor_may_be_missing_null_empty_or_without_sub() {
    for (value, json) in [
        (None, "{}"),
        (Some(json!(null)), "{}"),
        (Some(json!({})), "{}"),
        (Some(json!({"case": 4711})), r#"{"case":4711}"#),
        (Some(json!({"sub": null})), r#"{"sub":null}"#),
    ] {
        let token = created(200, with("actor", value)).await.unwrap();
        assert_eq!((token.actor.as_json(), token.actor.sub()), (json, None));
    }
}

#[tokio::test]
async fn a_timestamp_may_be_any_integer_in_any_notation() {
    for (json, millis) in [
        ("-9007199254740991", -9_007_199_254_740_991),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("0", 0),
        ("-1", -1),
        ("1.7e12", 1_700_000_000_000),
        ("1700000000000.0", 1_700_000_000_000),
    ] {
        let body = actor_token(Operation::Create).to_string().replace("1638000669544", json);
        assert_eq!(created(200, body).await.unwrap().created_at, UnixMillis::new(millis), "{json}");
    }
}

#[tokio::test]
async fn any_2xx_with_a_token_is_a_success_except_204() {
    for status in [200, 201, 202, 203, 206, 299] {
        assert!(
            created(status, actor_token(Operation::Create).to_string()).await.is_ok(),
            "{status}"
        );
    }
    for operation in Operation::BOTH {
        let error = Stub::start(json_response(204, "")).await.call(operation).await.unwrap_err();
        assert!(
            matches!(&error, Error::Unexpected(response) if response.status() == 204),
            "{error:?}"
        );
        assert!(error.is_ambiguous() && error.to_string().contains("no content"), "{error}");
    }
}

#[tokio::test]
async fn a_token_is_read_whatever_the_content_type() {
    for content_type in ["application/json; charset=utf-8", "text/html", "x"] {
        let body = actor_token(Operation::Create).to_string();
        let response = wiremock::ResponseTemplate::new(200).set_body_raw(body, content_type);
        assert!(
            Stub::start(response).await.call(Operation::Create).await.is_ok(),
            "{content_type}"
        );
    }
}

/// Checks what the error for a 2xx response that does not match contains: everything but its body.
async fn mismatch(operation: Operation, status: u16, body: &str, id: Option<&str>) {
    let response = json_response(status, body).insert_header("Clerk-Trace-Id", "of_the_header");
    let stub = Stub::start(response).await;
    let error = stub.call(operation).await.unwrap_err();
    assert_eq!(stub.requests().await.len(), 1, "{body}");
    let Error::Unexpected(unexpected) = &error else { panic!("{body}: {error:?}") };
    assert_eq!((unexpected.status().as_u16(), error.status().unwrap().as_u16()), (status, status));
    assert_eq!(
        (unexpected.body(), unexpected.body_length()),
        ("", body.len()),
        "nothing of the body is kept"
    );
    assert_eq!((predicates(&error), error.attempts()), (vec!["is_ambiguous"], 1), "{body}");
    let trace_id = if body.contains("of_the_body") { "of_the_body" } else { "of_the_header" };
    assert_eq!(error.trace_id(), Some(trace_id), "{body}");
    assert_eq!(error.actor_token_id().map(ToString::to_string).as_deref(), id, "{body}");
    assert!(!shown(&error).contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_2xx_without_an_actor_token_is_unexpected_and_ambiguous() {
    for operation in Operation::BOTH {
        for body in [
            "",
            "{}",
            "null",
            "[]",
            "true",
            r#"["canary"]"#,
            r#""canary""#,
            "<html>canary</html>",
            r#"{"token":"canary"#,
            r#"{"object":"user","token":"canary","clerk_trace_id":"of_the_body"}"#,
            r#"{"errors":[{"code":"canary","message":"m"}],"clerk_trace_id":"of_the_body"}"#,
        ] {
            mismatch(operation, 200, body, None).await;
            mismatch(operation, 201, body, None).await;
        }
        for body in [
            r#"{"object":"user","id":"act_7","token":"canary"}"#,
            r#"{"object":"actor_token","id":"act_7","token":"canary"}"#,
            r#"{"id":"act_7","token":"canary"#,
            r#"{"token":"canary","id":"act_7","url":canary}"#,
        ] {
            mismatch(operation, 200, body, Some("act_7")).await;
        }
    }
}

#[tokio::test]
async fn the_id_survives_an_invalid_member() {
    for (member, value) in [
        ("object", None),
        ("object", Some(json!("canary"))),
        ("status", None),
        ("status", Some(json!(7))),
        ("user_id", Some(json!("../canary"))),
        ("actor", Some(json!("canary"))),
        ("actor", Some(json!(["canary"]))),
        ("token", Some(json!(["canary"]))),
        ("url", Some(json!({"canary": 1}))),
        ("created_at", Some(json!("canary"))),
        ("created_at", Some(json!(1.5))),
        ("updated_at", Some(json!(null))),
        ("updated_at", Some(json!(1e19))),
    ] {
        mismatch(Operation::Create, 200, &with(member, value), Some("act_1")).await;
    }
    for id in [
        None,
        Some(json!("../canary")),
        Some(json!(7)),
        Some(json!("")),
        Some(json!("x".repeat(256))),
    ] {
        mismatch(Operation::Create, 200, &with("id", id), None).await;
    }
}

#[tokio::test]
async fn a_revoke_response_for_another_token_or_status_is_unexpected() {
    let revoked = actor_token(Operation::Revoke).to_string();
    for (body, id) in [
        (revoked.replace("act_1", "act_2"), "act_2"),
        (revoked.replace("act_1", "ACT_1"), "ACT_1"),
        (revoked.replace("\"revoked\"", "\"pending\""), "act_1"),
        (revoked.replace("\"revoked\"", "\"accepted\""), "act_1"),
        (revoked.replace("\"revoked\"", "\"expired\""), "act_1"),
        (actor_token(Operation::Create).to_string(), "act_1"),
    ] {
        mismatch(Operation::Revoke, 200, &body, Some(id)).await;
    }
}
