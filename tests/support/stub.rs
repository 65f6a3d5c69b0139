use std::{error::Error as _, iter::successors};

use clerk_actor_tokens::{
    Actor, ActorToken, Clerk, ClerkBuilder, CreateActorToken, Error, RetryConfig, SecretKey,
};
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::{
    canned::{self, SUB},
    operation::Operation,
};

/// The secret key of every client of a stub: if it shows anywhere but in a request, it has leaked.
pub const KEY: &str = "sk_test_key_canary";

/// A server that gives every request the same response, and a client of it that does not retry.
pub struct Stub {
    pub server: MockServer,
    pub clerk: Clerk,
}

impl Stub {
    /// Starts a server that gives every request this response.
    pub async fn start(response: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(response).mount(&server).await;
        let clerk = builder(&server).build().unwrap();
        Self { server, clerk }
    }

    /// Creates a token, or revokes `act_1`.
    pub async fn call(&self, operation: Operation) -> Result<ActorToken, Error> {
        let actor_tokens = self.clerk.actor_tokens();
        match operation {
            Operation::Create => {
                actor_tokens.create(canned::command(Actor::new(SUB).unwrap())).await
            }
            Operation::Revoke => actor_tokens.revoke(&"act_1".parse().unwrap()).await,
        }
    }

    /// Returns the requests that arrived; each counts as soon as its body was read.
    pub async fn requests(&self) -> Vec<Request> {
        requests(&self.server).await
    }
}

/// Returns the requests that arrived at a server.
pub async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("requests are recorded")
}

/// Returns the builder of a client that does not retry, for a server with Clerk's path.
pub fn builder(server: &MockServer) -> ClerkBuilder {
    let key = SecretKey::new(KEY).unwrap();
    Clerk::builder(key).base_url(format!("{}/v1", server.uri())).retries(RetryConfig::none())
}

/// Returns a command for an actor given as JSON.
pub fn command(actor: &str) -> CreateActorToken {
    canned::command(Actor::from_json(actor).unwrap())
}

/// Returns the body of a successful response about `act_1`.
pub fn actor_token(operation: Operation) -> Value {
    canned::response(operation, "act_1")
}

/// Returns a response that claims to be JSON, whatever its body is.
pub fn json_response(status: u16, body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.into(), "application/json")
}

/// Returns everything that a log could show of an error.
pub fn shown(error: &Error) -> String {
    let causes = successors(error.source(), |error| (*error).source())
        .map(|error| format!(" {error} {error:?}"));
    format!("{error} {error:?} {error:#?}") + &causes.collect::<String>()
}

/// Returns the names of the predicates that hold for an error.
pub fn predicates(error: &Error) -> Vec<&'static str> {
    [
        ("is_invalid_request", error.is_invalid_request()),
        ("is_payment_required", error.is_payment_required()),
        ("is_quota_exceeded", error.is_quota_exceeded()),
        ("is_not_found", error.is_not_found()),
        ("is_unauthorized", error.is_unauthorized()),
        ("is_rate_limited", error.is_rate_limited()),
        ("is_not_pending", error.is_not_pending()),
        ("is_ambiguous", error.is_ambiguous()),
    ]
    .into_iter()
    .filter_map(|(name, holds)| holds.then_some(name))
    .collect()
}
