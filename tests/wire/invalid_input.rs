use std::time::Duration;

use clerk_actor_tokens::{Actor, Clerk, CreateActorToken, Error, RetryConfig, SecretKey, UserId};
use clerk_tests::{
    canned::{SUB, USER_ID},
    operation::Operation,
    stub::{actor_token, json_response, requests, shown},
};
use wiremock::{Mock, MockServer, matchers::any};

/// Everything that a program can pass in.
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
    fn valid(server: &MockServer) -> Self {
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

    /// Creates and revokes a token as a program would: every error converts to [`Error`].
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

/// Checks that each of these values makes the input invalid: the error names the field and shows no
/// value, and nothing is sent.
async fn rejected<'a, T: 'a>(
    field: &str,
    values: impl IntoIterator<Item = T>,
    change: impl Fn(&mut Input, T),
) {
    let server = MockServer::start().await;
    for value in values {
        let mut input = Input::valid(&server);
        change(&mut input, value);
        let error = input.run().await.expect_err(field);
        let name = match &error {
            Error::InvalidInput(input) => input.field(),
            Error::Config(config) => config.setting(),
            _ => panic!("{error:?}"),
        };
        assert_eq!(name, field, "{error}");
        assert!(!shown(&error).contains("canary"), "{error:?}");
        assert_eq!((error.attempts(), error.is_ambiguous(), error.status()), (0, false, None));
        assert_eq!(error.is_invalid_request(), matches!(error, Error::InvalidInput(_)));
    }
    assert_eq!(requests(&server).await.len(), 0, "{field}");
}

#[tokio::test]
async fn valid_input_is_sent() {
    let server = MockServer::start().await;
    let response = |request: &wiremock::Request| {
        let revokes = request.url.path().ends_with("/revoke");
        let operation = if revokes { Operation::Revoke } else { Operation::Create };
        json_response(200, actor_token(operation).to_string())
    };
    Mock::given(any()).respond_with(response).mount(&server).await;
    Input::valid(&server).run().await.unwrap();
    assert_eq!(
        requests(&server).await.len(),
        2,
        "the input of the other tests is valid but for one field"
    );
}

/// Strings that could leave their path segment, or are not an id for another reason.
const INVALID_IDS: [&str; 12] = [
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
async fn an_id_that_could_leave_its_path_segment_is_rejected() {
    let too_long = "canary".repeat(50);
    let ids = || INVALID_IDS.into_iter().chain([too_long.as_str()]);
    rejected("user_id", ids(), |input, id| id.clone_into(&mut input.user_id)).await;
    rejected("actor_token_id", ids(), |input, id| id.clone_into(&mut input.actor_token_id)).await;
}

#[tokio::test]
async fn an_actor_that_clerk_would_reject_is_rejected() {
    let actors = ["", "null", "[]", "{}canary", r#"{"sub":"a","x":"canary","x":1}"#];
    rejected("actor", actors, |input, actor| actor.clone_into(&mut input.actor)).await;
    let actors = [r#"{"canary":1}"#, r#"{"sub":""}"#, r#"{"sub":7}"#, r#"{"sub":null}"#];
    rejected("actor.sub", actors, |input, actor| actor.clone_into(&mut input.actor)).await;
}

#[tokio::test]
async fn a_lifetime_that_is_not_positive_whole_seconds_is_rejected() {
    let lifetimes =
        || [0, 1, 999, 1001, 1500].map(Duration::from_millis).into_iter().chain([Duration::MAX]);
    rejected("expires_in_seconds", lifetimes(), |input, lifetime| {
        input.expires_in = Some(lifetime);
    })
    .await;
    rejected("session_max_duration_in_seconds", lifetimes(), |input, lifetime| {
        input.session_max_duration = Some(lifetime);
    })
    .await;
}

#[tokio::test]
async fn an_invalid_key_is_rejected() {
    let keys = [
        "",
        " \n",
        "pk_test_canary",
        "Bearer sk_test_canary",
        "sk_test_canary\r\nx: y",
        "sk_canary_ü",
    ];
    rejected("secret_key", keys, |input, key| key.clone_into(&mut input.key)).await;
}

#[tokio::test]
async fn a_base_url_that_would_expose_the_key_is_rejected() {
    let host = |input: &Input| input.base_url.trim_start_matches("http://").to_owned();
    rejected("base_url", ["canary@", "user:canary@", "localhost@"], |input, user| {
        input.base_url = format!("http://{user}{}", host(input));
    })
    .await;
    rejected(
        "base_url",
        ["?canary", "#canary", "\\canary", " canary", "\ncanary"],
        |input, end| {
            input.base_url += end;
        },
    )
    .await;
    rejected("base_url", ["", "ftp://", "canary://", "//"], |input, scheme| {
        input.base_url = format!("{scheme}{}", host(input));
    })
    .await;
    rejected(
        "base_url",
        ["http://canary.example.com/v1", "http://10.0.0.1/v1", "https://", "/v1"],
        |input, url| {
            url.clone_into(&mut input.base_url);
        },
    )
    .await;
}

#[tokio::test]
async fn a_reserved_or_invalid_header_is_rejected() {
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
    rejected("header", headers, |input, (name, value)| {
        input.header = (name.to_owned(), value.to_owned());
    })
    .await;
    rejected("user_agent", ["", " ", "canary\r\nx: y"], |input, value| {
        input.user_agent = Some(value.to_owned());
    })
    .await;
}

#[tokio::test]
async fn a_timeout_of_zero_is_rejected() {
    rejected("timeout", [Duration::ZERO], |input, limit| input.timeout = limit).await;
    rejected("attempt_timeout", [Duration::ZERO], |input, limit| input.attempt_timeout = limit)
        .await;
}
