//! Input that cannot be meant: it is refused by name, without being quoted, and no request is made
//! of it.

use std::time::Duration;

use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, Error, RetryConfig, SecretKey, UserId};
use clerk_tests::{
    canned::{SUB, USER_ID},
    operation::Operation,
    stub::{actor_token, json_response, requests, shown},
};
use wiremock::{Mock, MockServer, matchers::any};

/// Is all that a program can pass in. As it stands, all of it is in order.
#[derive(Clone)]
struct Input {
    key: String,
    base_url: String,
    user_agent: Option<String>,
    user_id: String,
    actor: String,
    actor_token_id: String,
    expires_in: Option<Duration>,
    session_max_duration: Option<Duration>,
    header: (String, String),
    timeout: Duration,
    attempt_timeout: Duration,
}

impl Input {
    fn proper(server: &MockServer) -> Self {
        Self {
            key: "sk_test_1".to_owned(),
            base_url: format!("{}/v1", server.uri()),
            user_agent: None,
            user_id: USER_ID.to_owned(),
            actor: format!(r#"{{"sub":"{SUB}"}}"#),
            actor_token_id: "act_1".to_owned(),
            expires_in: None,
            session_max_duration: None,
            header: ("x-request-id".to_owned(), "1".to_owned()),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
        }
    }

    /// Creates and revokes as a program does, where one `?` type serves from first to last.
    async fn run(self) -> Result<(), Error> {
        let mut clerk = Clerk::builder(SecretKey::new(self.key)?).base_url(self.base_url);
        if let Some(user_agent) = self.user_agent {
            clerk = clerk.user_agent(user_agent);
        }
        let clerk = clerk.retries(RetryConfig::none()).build()?;
        let mut command =
            CreateActorToken::new(UserId::new(self.user_id)?, Actor::from_json(&self.actor)?);
        if let Some(lifetime) = self.expires_in {
            command = command.expires_in(lifetime);
        }
        if let Some(lifetime) = self.session_max_duration {
            command = command.session_max_duration(lifetime);
        }
        let id = self.actor_token_id.parse()?;
        let (name, value) = self.header;
        clerk
            .actor_tokens()
            .create(command)
            .header(&*name, &*value)
            .timeout(self.timeout)
            .attempt_timeout(self.attempt_timeout)
            .await?;
        clerk.actor_tokens().revoke(&id).header(&*name, &*value).await?;
        Ok(())
    }
}

/// Changes the input to what it must be refused for, by the name of that field.
async fn refused<'a, T: 'a>(
    field: &str,
    values: impl IntoIterator<Item = T>,
    change: impl Fn(&mut Input, T),
) {
    let server = MockServer::start().await;
    for value in values {
        let mut input = Input::proper(&server);
        change(&mut input, value);
        let error = input.run().await.expect_err(field);
        let named = match &error {
            Error::InvalidInput(input) => input.field(),
            Error::Config(config) => config.setting(),
            _ => panic!("{error:?}"),
        };
        assert_eq!(named, field, "{error}");
        assert!(!shown(&error).contains("canary"), "{error:?}");
        assert_eq!((error.attempts(), error.is_ambiguous(), error.status()), (0, false, None));
        assert_eq!(error.is_invalid_request(), matches!(error, Error::InvalidInput(_)));
    }
    assert_eq!(requests(&server).await.len(), 0, "{field}");
}

#[tokio::test]
async fn proper_input_is_sent() {
    let server = MockServer::start().await;
    let answer = |request: &wiremock::Request| {
        let revokes = request.url.path().ends_with("/revoke");
        let operation = if revokes { Operation::Revoke } else { Operation::Create };
        json_response(200, actor_token(operation).to_string())
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    Input::proper(&server).run().await.unwrap();
    assert_eq!(
        requests(&server).await.len(),
        2,
        "so it is the one change that the others are refused for"
    );
}

/// Whatever could leave its segment of a path, or is no id in any way.
const NO_IDS: [&str; 12] = [
    "",
    " ",
    "canary 1",
    "canary/1",
    "../users/canary/ban?",
    "canary?x",
    "canary#x",
    "canary%2F1",
    "canary\\1",
    "canary\r\nx: y",
    "canary\0",
    "canary_ü",
];

#[tokio::test]
async fn an_id_that_could_leave_its_path_segment_is_refused() {
    let too_long = "canary".repeat(50);
    let ids = || NO_IDS.into_iter().chain([too_long.as_str()]);
    refused("user_id", ids(), |input, id| id.clone_into(&mut input.user_id)).await;
    refused("actor_token_id", ids(), |input, id| id.clone_into(&mut input.actor_token_id)).await;
}

#[tokio::test]
async fn an_actor_that_clerk_would_refuse_is_refused() {
    let no_actors = ["", "null", "[]", "{}canary", r#"{"sub":"a","x":"canary","x":1}"#];
    refused("actor", no_actors, |input, actor| actor.clone_into(&mut input.actor)).await;
    let no_subs = [r#"{"canary":1}"#, r#"{"sub":""}"#, r#"{"sub":7}"#, r#"{"sub":null}"#];
    refused("actor.sub", no_subs, |input, actor| actor.clone_into(&mut input.actor)).await;
}

#[tokio::test]
async fn a_lifetime_that_is_no_whole_seconds_above_zero_is_refused() {
    let lifetimes =
        || [0, 1, 999, 1001, 1500].map(Duration::from_millis).into_iter().chain([Duration::MAX]);
    refused("expires_in_seconds", lifetimes(), |input, lifetime| input.expires_in = Some(lifetime))
        .await;
    refused("session_max_duration_in_seconds", lifetimes(), |input, lifetime| {
        input.session_max_duration = Some(lifetime);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_cannot_work_is_refused() {
    let keys = [
        "",
        " \n",
        "pk_test_canary",
        "Bearer sk_test_canary",
        "sk_test_canary\r\nx: y",
        "sk_canary_ü",
    ];
    refused("secret_key", keys, |input, key| key.clone_into(&mut input.key)).await;
}

#[tokio::test]
async fn a_base_url_that_would_send_the_key_elsewhere_or_in_clear_is_refused() {
    let host = |input: &Input| input.base_url.trim_start_matches("http://").to_owned();
    refused("base_url", ["canary@", "user:canary@", "localhost@"], |input, user| {
        input.base_url = format!("http://{user}{}", host(input));
    })
    .await;
    refused("base_url", ["?canary", "#canary", "\\canary", " canary", "\ncanary"], |input, end| {
        input.base_url += end;
    })
    .await;
    refused("base_url", ["", "ftp://", "canary://", "//"], |input, scheme| {
        input.base_url = format!("{scheme}{}", host(input));
    })
    .await;
    refused(
        "base_url",
        ["http://canary.example.com/v1", "http://10.0.0.1/v1", "https://", "/v1"],
        |input, url| {
            url.clone_into(&mut input.base_url);
        },
    )
    .await;
}

#[tokio::test]
async fn a_header_that_is_ours_or_no_header_is_refused() {
    let headers = [
        ("authorization", "canary"),
        ("Authorization", "canary"),
        ("Content-Length", "0"),
        ("HOST", "canary"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("", "canary"),
        ("x y", "canary"),
        ("x:", "canary"),
        ("x", "canary\r\ny: z"),
        ("x", "canary\0"),
    ];
    refused("header", headers, |input, (name, value)| {
        input.header = (name.to_owned(), value.to_owned());
    })
    .await;
    refused("user_agent", ["", " ", "canary\r\nx: y"], |input, value| {
        input.user_agent = Some(value.to_owned());
    })
    .await;
}

#[tokio::test]
async fn a_time_limit_of_nothing_is_refused() {
    refused("timeout", [Duration::ZERO], |input, limit| input.timeout = limit).await;
    refused("attempt_timeout", [Duration::ZERO], |input, limit| input.attempt_timeout = limit)
        .await;
}
