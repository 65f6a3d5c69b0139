//! A client whose transport answers from a script, with everything that the transport saw.

#![allow(dead_code, reason = "each file of tests needs its own part of it")]
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

/// What the transport saw: each request, and when it came, counted from the start.
type Seen = Arc<Mutex<Vec<(Duration, HttpRequest)>>>;

pub(crate) struct Rehearsal {
    pub(crate) actor_tokens: ActorTokens,
    pub(crate) transport: FaultyTransport<MockHttpTransport>,
    pub(crate) timer: ManualTimer,
    start: Duration,
    seen: Seen,
}

impl Rehearsal {
    /// Has time jump and everything else at its default.
    pub(crate) fn of<const N: usize>(script: [Reply; N]) -> Self {
        Self::with(ManualTimer::auto(), script, |builder| builder)
    }

    /// Has time jump and the client set up as said.
    pub(crate) fn set_up<const N: usize>(
        script: [Reply; N],
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        Self::with(ManualTimer::auto(), script, settings)
    }

    /// Has Clerk at its best behind the transport.
    pub(crate) fn of_clerk(
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        Self::answering(ManualTimer::auto(), reply::clerk, settings)
    }

    pub(crate) fn with<const N: usize>(
        timer: ManualTimer,
        script: [Reply; N],
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        let script = Mutex::new(VecDeque::from(script));
        let next = move |_: &HttpRequest| {
            script.lock().unwrap().pop_front().expect("an unforeseen request")
        };
        Self::answering(timer, next, settings)
    }

    pub(crate) fn answering(
        timer: ManualTimer,
        answer: impl Fn(&HttpRequest) -> Reply + Send + 'static,
        settings: impl FnOnce(ActorTokensBuilder) -> ActorTokensBuilder,
    ) -> Self {
        let seen = Seen::default();
        let mut mock = MockHttpTransport::new();
        let start = timer.now();
        let (log, clock) = (Arc::clone(&seen), timer.clone());
        mock.expect_send().returning(move |request| {
            let answer = answer(&request);
            log.lock().unwrap().push((since(start, &clock), request));
            answer
        });
        let transport = FaultyTransport::new(mock, timer.clone());
        let builder = ActorTokens::builder(transport.clone(), secret_key()).timer(timer.clone());
        let actor_tokens = settings(builder).build().unwrap();
        Self { actor_tokens, transport, timer, start, seen }
    }

    pub(crate) fn create(&self) -> Result<ActorToken, Error> {
        finish(self.actor_tokens.create(command()))
    }

    pub(crate) fn revoke(&self) -> Result<ActorToken, Error> {
        finish(self.actor_tokens.revoke(&id()))
    }

    /// Tells how many requests the transport saw.
    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Takes the only request that the transport saw.
    pub(crate) fn request(&self) -> HttpRequest {
        let mut seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        seen.remove(0).1
    }

    /// Takes all requests that the transport saw.
    pub(crate) fn take_requests(&self) -> Vec<HttpRequest> {
        self.seen.lock().unwrap().drain(..).map(|(_, request)| request).collect()
    }

    /// Returns the time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        since(self.start, &self.timer)
    }

    /// Tells when each request came.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.seen.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

fn since(start: Duration, timer: &ManualTimer) -> Duration {
    timer.now().checked_sub(start).unwrap()
}

/// Runs a call to its end, which must not be far away.
pub(crate) fn finish(call: Call) -> Result<ActorToken, Error> {
    run_until_stalled(call).expect("the call never ends")
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
