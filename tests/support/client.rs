use std::time::Duration;

use clerk_core::{
    Actor, ActorToken, ActorTokens, Call, CreateActorToken, Error, HttpTransport, RetryConfig,
    SecretKey, Sent, TransportError,
};
use clerk_transport_mock::ManualTimer;

use crate::{
    canned::{self, SUB},
    operation::Operation,
};

/// The size of a [`large_command`].
pub const LARGE: usize = 8 * 1024 * 1024;

/// Returns the default retries without delays, so that no test has to advance a clock for them.
pub fn immediate_retries() -> RetryConfig {
    RetryConfig::new().initial_interval(Duration::ZERO)
}

/// Returns a client whose clock stands still.
pub fn client(base_url: impl Into<String>, transport: impl HttpTransport + 'static) -> ActorTokens {
    client_with(base_url, transport, ManualTimer::new())
}

/// Returns a client whose clock is `timer`.
pub fn client_with(
    base_url: impl Into<String>,
    transport: impl HttpTransport + 'static,
    timer: ManualTimer,
) -> ActorTokens {
    ActorTokens::builder(transport, SecretKey::new("sk_test_1").unwrap())
        .base_url(base_url)
        .timer(timer)
        .retries(immediate_retries())
        .build()
        .unwrap()
}

/// Returns a command that a [`FaultServer`](crate::fault_server::FaultServer) records under this
/// name.
pub fn command(name: &str) -> CreateActorToken {
    canned::command(Actor::new(SUB).unwrap().with_claim("call", name).unwrap())
}

/// Returns a command of eight megabytes, more than the kernel buffers on both sides of a connection
/// whose server does not read.
pub fn large_command(name: &str) -> CreateActorToken {
    let actor = Actor::new(SUB).unwrap().with_claim("call", name).unwrap();
    canned::command(actor.with_claim("padding", "x".repeat(LARGE)).unwrap())
}

impl Operation {
    /// Returns a call that a [`FaultServer`](crate::fault_server::FaultServer) records under this
    /// name.
    pub fn call(self, client: &ActorTokens, name: &str) -> Call<ActorToken> {
        match self {
            Self::Create => client.create(command(name)),
            Self::Revoke => client.revoke(&name.parse().unwrap()),
        }
    }
}

/// Returns what the transport reported, whichever variant wraps it.
pub fn transport_error(error: &Error) -> &TransportError {
    match error {
        Error::Transport(failure) => failure.transport_error(),
        Error::Timeout(timeout) => timeout.transport_error().unwrap_or_else(|| panic!("{error:?}")),
        _ => panic!("not an error of the transport: {error:?}"),
    }
}

/// Returns whether the request may have been sent in the last attempt.
pub fn sent(error: &Error) -> Sent {
    match error {
        Error::Timeout(timeout) => timeout.sent(),
        _ => transport_error(error).sent(),
    }
}
