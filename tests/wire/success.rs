use std::{collections::BTreeMap, time::Duration};

use clerk_actor_tokens::{ActorTokenStatus, UnixMillis};
use clerk_tests::{
    operation::Operation,
    stub::{KEY, Stub, actor_token, builder, command, json_response, requests},
};
use wiremock::{Mock, MockServer, Request, matchers::any};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns the only request that arrived.
async fn only_request(stub: &Stub) -> Request {
    let mut requests = stub.requests().await;
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

/// Returns all headers, so that a surplus one is noticed as well as a missing one.
fn headers(request: &Request) -> BTreeMap<String, Vec<String>> {
    let mut headers = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in &request.headers {
        headers.entry(name.to_string()).or_default().push(value.to_str().unwrap().to_owned());
    }
    headers
}

/// Returns the headers that both operations share, and those that only one has.
fn expected_headers(stub: &Stub, extra: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    let (host, bearer) = (stub.server.address().to_string(), format!("Bearer {KEY}"));
    let (user_agent, sdk) = (format!("clerk-actor-tokens/{VERSION}"), format!("rust/{VERSION}"));
    let both = [
        ("host", &*host),
        ("authorization", &*bearer),
        ("accept", "application/json"),
        ("clerk-api-version", "2026-05-12"),
        ("user-agent", &*user_agent),
        ("x-clerk-sdk", &*sdk),
    ];
    let headers = both.iter().chain(extra);
    headers.map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
}

async fn stub(operation: Operation) -> Stub {
    Stub::start(json_response(200, actor_token(operation).to_string())).await
}

/// Returns the body of the request for a command.
async fn body_of(command: clerk_actor_tokens::CreateActorToken) -> String {
    let stub = stub(Operation::Create).await;
    stub.clerk.actor_tokens().create(command).await.unwrap();
    String::from_utf8(only_request(&stub).await.body).unwrap()
}

#[tokio::test]
async fn a_create_is_exactly_this_request() {
    let stub = stub(Operation::Create).await;
    stub.call(Operation::Create).await.unwrap();

    let request = only_request(&stub).await;
    let body = r#"{"user_id":"user_1","actor":{"sub":"user_support"}}"#;
    assert_eq!(
        (request.method.as_str(), request.url.path(), request.url.query()),
        ("POST", "/v1/actor_tokens", None)
    );
    assert_eq!(
        String::from_utf8(request.body.clone()).unwrap(),
        body,
        "lifetimes that are not set are not sent"
    );
    let length = body.len().to_string();
    let extra = [("content-type", "application/json"), ("content-length", &*length)];
    assert_eq!(headers(&request), expected_headers(&stub, &extra));
}

#[tokio::test]
async fn a_revoke_is_exactly_this_request() {
    let stub = stub(Operation::Revoke).await;
    stub.call(Operation::Revoke).await.unwrap();

    let request = only_request(&stub).await;
    assert_eq!(
        (request.method.as_str(), request.url.path(), request.url.query()),
        ("POST", "/v1/actor_tokens/act_1/revoke", None)
    );
    assert!(request.body.is_empty());
    assert_eq!(headers(&request), expected_headers(&stub, &[("content-length", "0")]));
}

#[tokio::test]
async fn lifetimes_are_sent_in_whole_seconds_if_they_are_set() {
    let create = || command(r#"{"sub":"user_support"}"#);
    let (minute, largest) = (Duration::from_secs(60), Duration::from_secs(u64::MAX));
    for (command, sent) in [
        (create().expires_in(minute), r#","expires_in_seconds":60"#),
        (create().session_max_duration(minute), r#","session_max_duration_in_seconds":60"#),
        (
            create().session_max_duration(largest).expires_in(Duration::from_secs(1)),
            r#","expires_in_seconds":1,"session_max_duration_in_seconds":18446744073709551615"#,
        ),
    ] {
        assert_eq!(
            body_of(command).await,
            format!(r#"{{"user_id":"user_1","actor":{{"sub":"user_support"}}{sent}}}"#)
        );
    }
}

#[tokio::test]
async fn the_json_of_an_actor_is_sent_and_read_unchanged() {
    for actor in [
        r#"{"sub":"a","price":1.10,"huge":1e400,"tiny":-0.0,"ticket":123456789012345678901234567890}"#,
        r#"{ "sub" : "Jürgen 🦀", "escaped":"J\u00fcrgen \ud83e\udd80 \/", "n\u0061me":null }"#,
        r#"{"deep":{"a":[1,{"b":[[],{}]}]},"sub":"last","empty":"","yes":true}"#,
        r#"{"sub":"a","line":"1\n2","quote":"\"","slash":"\\","nul":"\u0000"}"#,
    ] {
        let response =
            actor_token(Operation::Create).to_string().replace(r#"{"sub":"user_support"}"#, actor);
        let stub = Stub::start(json_response(200, response)).await;
        let token = stub.clerk.actor_tokens().create(command(actor)).await.unwrap();

        let sent = String::from_utf8(only_request(&stub).await.body).unwrap();
        assert_eq!(sent, format!(r#"{{"user_id":"user_1","actor":{actor}}}"#));
        assert_eq!(token.actor.as_json(), actor);
    }
}

#[tokio::test]
async fn custom_headers_are_sent_and_replace_those_of_the_client() {
    let stub = stub(Operation::Revoke).await;
    let call = stub.clerk.actor_tokens().revoke(&"act_1".parse().unwrap());
    call.header("x-request-id", "42").header("User-Agent", "support-desk/1").await.unwrap();

    let extra = [("content-length", "0"), ("x-request-id", "42"), ("user-agent", "support-desk/1")];
    assert_eq!(headers(&only_request(&stub).await), expected_headers(&stub, &extra));
}

#[tokio::test]
async fn the_headers_of_the_builder_are_sent_by_both_operations() {
    for operation in Operation::BOTH {
        let mut stub = stub(operation).await;
        stub.clerk = builder(&stub.server)
            .user_agent("desk/1")
            .api_version_header("2025-11-10")
            .build()
            .unwrap();
        stub.call(operation).await.unwrap();

        let headers = headers(&only_request(&stub).await);
        assert_eq!(
            (&*headers["user-agent"][0], &*headers["clerk-api-version"][0]),
            ("desk/1", "2025-11-10")
        );
    }
}

#[tokio::test]
async fn a_base_url_may_have_any_path_and_trailing_slashes() {
    for (base, prefix) in [
        ("/v1/", "/v1"),
        ("/v1//", "/v1"),
        ("/proxy/clerk/v2", "/proxy/clerk/v2"),
        ("/proxy", "/proxy/v1"),
        ("/", "/v1"),
        ("", "/v1"),
    ] {
        for (operation, path) in [
            (Operation::Create, "/actor_tokens"),
            (Operation::Revoke, "/actor_tokens/act_1/revoke"),
        ] {
            let mut stub = stub(operation).await;
            stub.clerk = builder(&stub.server)
                .base_url(format!("{}{base}", stub.server.uri()))
                .build()
                .unwrap();
            stub.call(operation).await.unwrap();
            assert_eq!(only_request(&stub).await.url.path(), format!("{prefix}{path}"), "{base}");
        }
    }
}

#[tokio::test]
async fn the_longest_id_and_every_character_of_an_id_reach_the_path() {
    for id in ["x".repeat(255), "act_-AZaz09".to_owned()] {
        let response = actor_token(Operation::Revoke).to_string().replace("act_1", &id);
        let stub = Stub::start(json_response(200, response)).await;
        let token = stub.clerk.actor_tokens().revoke(&id.parse().unwrap()).await.unwrap();
        assert_eq!(token.id.as_str(), id);
        assert_eq!(only_request(&stub).await.url.path(), format!("/v1/actor_tokens/{id}/revoke"));
    }
}

#[tokio::test]
async fn every_member_of_a_create_response_is_read() {
    let token = stub(Operation::Create).await.call(Operation::Create).await.unwrap();
    assert_eq!((token.id.as_str(), token.user_id.as_str()), ("act_1", "user_1"));
    assert_eq!(
        (token.status, token.actor.sub()),
        (ActorTokenStatus::Pending, Some("user_support"))
    );
    assert_eq!(token.token.unwrap().expose(), "token_canary");
    assert_eq!(token.url.unwrap().expose(), "https://clerk.example.com/url_canary");
    assert_eq!(
        (token.created_at, token.updated_at),
        (UnixMillis::new(1_638_000_669_544), UnixMillis::new(1_638_000_669_545))
    );
}

#[tokio::test]
async fn every_member_of_a_revoke_response_is_read() {
    let token = stub(Operation::Revoke).await.call(Operation::Revoke).await.unwrap();
    assert_eq!((token.id.as_str(), token.user_id.as_str()), ("act_1", "user_1"));
    assert_eq!(
        (token.status, token.actor.sub()),
        (ActorTokenStatus::Revoked, Some("user_support"))
    );
    assert_eq!((token.token, token.url), (None, None));
}

#[tokio::test]
async fn concurrent_calls_get_their_own_responses() {
    let server = MockServer::start().await;
    let echo = |request: &Request| {
        let id = request.url.path().split('/').nth(3).unwrap_or_default();
        json_response(200, actor_token(Operation::Revoke).to_string().replace("act_1", id))
    };
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let actor_tokens = builder(&server).build().unwrap().actor_tokens().clone();

    let ids: Vec<_> = (0..20).map(|n| format!("act_{n}")).collect();
    let calls: Vec<_> =
        ids.iter().map(|id| tokio::spawn(actor_tokens.revoke(&id.parse().unwrap()))).collect();
    for (call, id) in calls.into_iter().zip(&ids) {
        assert_eq!(call.await.unwrap().unwrap().id.as_str(), id);
    }
    assert_eq!(requests(&server).await.len(), ids.len());
}
