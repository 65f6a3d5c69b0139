//! No output contains a secret: neither the secret key, nor a token, nor its URL.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::error::Error as StdError;

use clerk_core::{ActorTokens, Error, HttpRequest, SecretKey, TransportErrorKind, http::Request};
use clerk_transport_mock::{ManualTimer, MockHttpTransport, reply, run_until_stalled};
use rehearsal::{Reply, command, finish, id};

const KEY: &str = "sk_test_canary";
const TOKEN: &str = r#"{"object":"actor_token","id":"act_1","status":"pending","user_id":"user_1","actor":{"sub":"user_support"},"token":"canary","url":"https://h/canary","created_at":1,"updated_at":1}"#;

fn client(respond: impl Fn(&HttpRequest) -> Reply + Send + 'static) -> ActorTokens {
    let mut transport = MockHttpTransport::new();
    transport.expect_send().returning(move |request| respond(&request));
    ActorTokens::builder(transport, SecretKey::new(KEY).unwrap())
        .timer(ManualTimer::auto())
        .build()
        .unwrap()
}

fn causes(error: &Error) -> impl Iterator<Item = &dyn StdError> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Panics if anything that an error shows, including its causes, contains a canary.
fn assert_no_canary(error: &Error) {
    let mut shown = vec![format!("{error} {error:?} {error:#?} {:?}", error.trace_id())];
    shown.extend(causes(error).map(|cause| format!("{cause} {cause:?}")));
    match error {
        Error::Api(api) => {
            shown.push(format!("{} {:?} {:?}", api.body(), api.errors(), api.meta()));
            shown.extend(api.errors().iter().map(ToString::to_string));
        }
        Error::Unexpected(unexpected) => shown.push(unexpected.body().to_owned()),
        _ => {}
    }
    let shown = shown.join("\n");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_client_and_its_calls_show_no_secret() {
    let builder = ActorTokens::builder(MockHttpTransport::new(), SecretKey::new(KEY).unwrap())
        .timer(ManualTimer::new())
        .base_url("https://user:canary@example.com/canary")
        .user_agent("canary")
        .api_version_header("canary");
    assert!(!format!("{builder:?}").contains("canary"));
    assert!(!builder.build().unwrap_err().to_string().contains("canary"));

    let actor_tokens = client(|_| reply::raw(200, "application/json", TOKEN));
    assert!(!format!("{actor_tokens:?} {actor_tokens:#?}").contains("canary"));
    let mut call = actor_tokens.create(command()).header("x-secret", "canary");
    assert!(!format!("{call:?}").contains("canary"));
    let actor_token = run_until_stalled(&mut call).unwrap().unwrap();
    assert!(!format!("{call:?}").contains("canary"));
    assert!(!format!("{actor_token:?} {actor_token:#?}").contains("canary"));
    assert_eq!(actor_token.token.unwrap().expose(), "canary");
}

#[test]
fn secrets_echoed_in_a_refusal_are_not_shown() {
    for body in [
        format!(
            r#"{{"errors":[{{"code":"{KEY}","message":"{KEY}","long_message":"{KEY}","meta":{{"key":"{KEY}"}}}}],"meta":{{"token":"canary"}},"clerk_trace_id":"{KEY}"}}"#
        ),
        format!(r#"{{"errors":[],"echo":{TOKEN}}}"#),
        format!("<html>{KEY} {TOKEN}</html>"),
    ] {
        for status in [302, 400, 422, 500] {
            let body = body.clone();
            let actor_tokens =
                client(move |_| reply::raw(status, "application/json", body.clone()));
            assert_no_canary(&finish(actor_tokens.create(command())).unwrap_err());
            assert_no_canary(&finish(actor_tokens.revoke(&id())).unwrap_err());
        }
    }
}

#[test]
fn a_key_echoed_with_escapes_is_redacted() {
    let body = r#"{"errors":[{"code":"c","message":"sk\u005ftest_canary","long_message":"Bearer \u0073k_test_canary"}]}"#;
    let actor_tokens = client(move |_| reply::raw(401, "application/json", body));
    let error = finish(actor_tokens.create(command())).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("Bearer [redacted]") && !shown.contains(KEY), "{shown}");
}

#[test]
fn an_unexpected_success_shows_none_of_its_body() {
    let truncated = &TOKEN[..TOKEN.len() - 1];
    let other = TOKEN.replace("act_1", "act_2");
    let odd = TOKEN.replace("\"user_id\":\"user_1\"", "\"user_id\":\"canary canary\"");
    for body in
        [truncated.to_owned(), other, odd, "\"canary\"".to_owned(), format!("{TOKEN}canary")]
    {
        let body = body.clone();
        let actor_tokens = client(move |_| reply::raw(200, "application/json", body.clone()));
        assert_no_canary(&finish(actor_tokens.revoke(&id())).unwrap_err());
        if let Err(error) = finish(actor_tokens.create(command())) {
            assert_no_canary(&error);
        }
    }
}

#[test]
fn a_failure_shows_none_of_the_headers_it_carries() {
    let actor_tokens = client(|_| {
        let head =
            Request::builder().header("set-cookie", "canary").body(()).unwrap().into_parts().0;
        let mut response = reply::clerk_errors(503, "c").unwrap();
        *response.headers_mut() = head.headers;
        let error = clerk_core::TransportError::new(TransportErrorKind::Incomplete, "closed");
        Err(error.with_head(response.into_parts().0))
    });
    assert_no_canary(&finish(actor_tokens.create(command())).unwrap_err());
}
