//! A stand-in for Clerk that gives every request the same answer, and a client of it that tries
//! once.

use std::{error::Error as _, iter::successors};

use clerk_actor_tokens::{
    Actor, ActorToken, Clerk, ClerkBuilder, CreateActorToken, Error, RetryConfig, SecretKey,
};
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::canned::{self, SUB};

/// The key of all clients here. Wherever else than in a request it is seen, it has leaked.
pub const KEY: &str = "sk_test_key_canary";

pub struct Stub {
    pub server: MockServer,
    pub clerk: Clerk,
}

/// What a client can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Revoke,
}

impl Operation {
    pub const BOTH: [Self; 2] = [Self::Create, Self::Revoke];
}

impl Stub {
    pub async fn answering(answer: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let clerk = builder(&server).build().expect("the settings can work");
        Self { server, clerk }
    }

    /// Creates a token for `user_1`, or revokes `act_1`.
    pub async fn call(&self, operation: Operation) -> Result<ActorToken, Error> {
        match operation {
            Operation::Create => {
                let actor = Actor::new(SUB).expect("an actor can be like that");
                self.clerk.actor_tokens().create(canned::command(actor)).await
            }
            Operation::Revoke => {
                self.clerk
                    .actor_tokens()
                    .revoke(&"act_1".parse().expect("an id can be like that"))
                    .await
            }
        }
    }

    /// Gives what arrived, whole: a request counts as soon as its body was read.
    pub async fn requests(&self) -> Vec<Request> {
        requests(&self.server).await
    }
}

pub async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("requests are recorded")
}

/// Starts a client of a server, for the path that Clerk has.
pub fn builder(server: &MockServer) -> ClerkBuilder {
    let key = SecretKey::new(KEY).expect("a key can be like that");
    Clerk::builder(key).base_url(format!("{}/v1", server.uri())).retries(RetryConfig::none())
}

/// Asks for a token with which this actor can sign in as `user_1`.
pub fn command(actor: &str) -> CreateActorToken {
    canned::command(Actor::from_json(actor).expect("an actor can be like that"))
}

/// Gives what Clerk answers to this operation on a good day.
pub fn actor_token(operation: Operation) -> Value {
    match operation {
        Operation::Create => canned::created("act_1"),
        Operation::Revoke => canned::revoked("act_1"),
    }
}

/// Answers with JSON, whatever the text is.
pub fn json_answer(status: u16, body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.into(), "application/json")
}

/// Gives all that a log could show of an error.
pub fn shown(error: &Error) -> String {
    let causes = successors(error.source(), |error| (*error).source())
        .map(|error| format!(" {error} {error:?}"));
    format!("{error} {error:?} {error:#?}") + &causes.collect::<String>()
}

/// Names the predicates of an error that hold.
pub fn holds(error: &Error) -> Vec<&'static str> {
    [
        ("is_invalid_request", error.is_invalid_request()),
        ("is_payment_required", error.is_payment_required()),
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
