//! A client whose transport replies from a script, and a record of the requests it received.

#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first thing that is wrong"
)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use clerk_core::{
    Actor, ActorToken, ActorTokenId, ActorTokens, ActorTokensBuilder, Call, CreateActorToken,
    Error, HttpRequest, HttpResponse, SecretKey, Timer, TransportError, UserId, http::HeaderValue,
};
use clerk_transport_mock::{
    FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled,
};

pub(crate) type Reply = Result<HttpResponse, TransportError>;

/// The requests that the transport received, and when, counted from the start.
type Received = Arc<Mutex<Vec<(Duration, HttpRequest)>>>;

pub(crate) struct Rehearsal {
    pub(crate) actor_tokens: ActorTokens,
    pub(crate) transport: FaultyTransport<MockHttpTransport>,
    pub(crate) timer: ManualTimer,
    start: Duration,
    received: Received,
}

impl Rehearsal {
    /// Creates a client with the default settings, on a clock that jumps.
    pub(crate) fn of<const N: usize>(script: [Reply; N]) -> Self {
        Self::with_timer(ManualTimer::auto(), script, |builder| builder)
    }

    /// Creates a client with these settings, on a clock that jumps.
    pub(crate) fn with_settings<const N: usize>(
        script: [Reply; N],
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        Self::with_timer(ManualTimer::auto(), script, settings)
    }

    /// Creates a client whose every request succeeds, as with [`reply::clerk`].
    pub(crate) fn of_clerk(
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        Self::replying(ManualTimer::auto(), reply::clerk, settings)
    }

    /// Creates a client with this timer and these settings.
    pub(crate) fn with_timer<const N: usize>(
        timer: ManualTimer,
        script: [Reply; N],
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        let script = Mutex::new(VecDeque::from(script));
        let next =
            move |_: &HttpRequest| script.lock().unwrap().pop_front().expect("unexpected request");
        Self::replying(timer, next, settings)
    }

    /// Creates a client whose transport replies to each request as `respond` does.
    pub(crate) fn replying(
        timer: ManualTimer,
        respond: impl Fn(&HttpRequest) -> Reply + Send + 'static,
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        let received = Received::default();
        let mut mock = MockHttpTransport::new();
        let start = timer.now();
        let (log, clock) = (Arc::clone(&received), timer.clone());
        mock.expect_send().returning(move |request| {
            let reply = respond(&request);
            log.lock().unwrap().push((since(start, &clock), request));
            reply
        });
        let transport = FaultyTransport::new(mock, timer.clone());
        let builder = ActorTokens::builder(transport.clone(), secret_key()).timer(timer.clone());
        let actor_tokens = settings(builder).build().unwrap();
        Self { actor_tokens, transport, timer, start, received }
    }

    pub(crate) fn create(&self) -> Result<ActorToken, Error> {
        finish(self.actor_tokens.create(command()))
    }

    pub(crate) fn revoke(&self) -> Result<ActorToken, Error> {
        finish(self.actor_tokens.revoke(&id()))
    }

    /// Returns how many requests the transport received.
    pub(crate) fn requests(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// Removes and returns the only request that the transport received.
    pub(crate) fn request(&self) -> HttpRequest {
        let mut received = self.received.lock().unwrap();
        assert_eq!(received.len(), 1);
        received.remove(0).1
    }

    /// Removes and returns all requests that the transport received.
    pub(crate) fn take_requests(&self) -> Vec<HttpRequest> {
        self.received.lock().unwrap().drain(..).map(|(_, request)| request).collect()
    }

    /// Returns the time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        since(self.start, &self.timer)
    }

    /// Returns when each request was received.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.received.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

fn since(start: Duration, timer: &ManualTimer) -> Duration {
    timer.now().checked_sub(start).unwrap()
}

/// Runs a call to its end. Panics if it stalls.
pub(crate) fn finish(call: Call<ActorToken>) -> Result<ActorToken, Error> {
    run_until_stalled(call).expect("the call stalls")
}

pub(crate) fn secret_key() -> SecretKey {
    SecretKey::new("sk_test_abc").unwrap()
}

pub(crate) fn command() -> CreateActorToken {
    CreateActorToken::new(UserId::new("user_1").unwrap(), Actor::new("user_support").unwrap())
}

pub(crate) fn id() -> ActorTokenId {
    "act_1".parse().unwrap()
}

pub(crate) fn created() -> Reply {
    reply::actor_token("act_1", "pending")
}

pub(crate) fn revoked() -> Reply {
    reply::actor_token("act_1", "revoked")
}

pub(crate) fn status(status: u16) -> Reply {
    reply::clerk_errors(status, "some_code")
}

pub(crate) fn with_header(reply: Reply, name: &'static str, value: &str) -> Reply {
    reply.map(|mut response| {
        response.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        response
    })
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
