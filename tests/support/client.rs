//! The client under test, as the fault tests use it.

use std::time::Duration;

use clerk_core::{
    Actor, ActorToken, ActorTokens, Call, CreateActorToken, Error, RetryConfig, SecretKey, Sent,
    TransportError,
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;

use crate::{
    canned::{self, SUB},
    fault_server::Operation,
};

/// Both of them.
pub const OPERATIONS: [Operation; 2] = [Operation::Create, Operation::Revoke];

/// The usual retries without their pauses, so that nothing has to advance a clock for them.
pub fn retries_at_once() -> RetryConfig {
    RetryConfig::new().initial_interval(Duration::ZERO)
}

/// A client over this transport, for which time stands still.
pub fn client(base_url: impl Into<String>, transport: HyperTransport) -> ActorTokens {
    client_with(base_url, transport, ManualTimer::new())
}

pub fn client_with(
    base_url: impl Into<String>,
    transport: HyperTransport,
    timer: ManualTimer,
) -> ActorTokens {
    ActorTokens::builder(transport, SecretKey::new("sk_test_1").unwrap())
        .base_url(base_url)
        .timer(timer)
        .retries(retries_at_once())
        .build()
        .unwrap()
}

impl Operation {
    /// Makes a call that the ledger will know by this name.
    pub fn call(self, client: &ActorTokens, name: &str) -> Call<ActorToken> {
        match self {
            Self::Create => client.create(command(name)),
            Self::Revoke => client.revoke(&name.parse().unwrap()),
        }
    }

    /// Tells whether a server that was asked under this name would answer so.
    pub fn is_answered_by(self, name: &str, token: &ActorToken) -> bool {
        match self {
            Self::Create => token.id.as_str().starts_with(&format!("act_{name}_")),
            Self::Revoke => token.id.as_str() == name,
        }
    }
}

pub fn command(name: &str) -> CreateActorToken {
    canned::command(Actor::new(SUB).unwrap().with_claim("call", name).unwrap())
}

/// What the transport said, whichever variant wraps it.
pub fn transport_error(error: &Error) -> &TransportError {
    match error {
        Error::Transport(failure) => failure.transport_error(),
        Error::Timeout(timeout) => timeout.transport_error().unwrap_or_else(|| panic!("{error:?}")),
        _ => panic!("the transport has no part in {error:?}"),
    }
}

/// Whether the request may have been sent in the last attempt.
pub fn sent(error: &Error) -> Sent {
    match error {
        Error::Timeout(timeout) => timeout.sent(),
        _ => transport_error(error).sent(),
    }
}
