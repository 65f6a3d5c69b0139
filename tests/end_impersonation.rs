//! Impersonations that end while something else happens, with the default transport and an emulator
//! of Clerk.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use clerk_core::{
    Actor, ActorTokens, Attempt, Call, EndImpersonation, EndedImpersonation, EndedToken, Error,
    HttpRequest, HttpResponse, HttpTransport, RetryConfig, SecretKey, SessionId, TransportError,
    async_trait,
};
use clerk_emulator::{
    Emulator, EndedSessionRevoke, Fault, IssuedToken, NewToken, Operation, Session, SessionStatus,
    TokenStatus,
};
use clerk_transport_hyper::{HyperTransport, TokioTimer};

const USER: &str = "user_1";
const ACTOR: &str = r#"{"sub":"user_support","audit_id":9007199254740993}"#;

/// Something that happens to the emulator.
type Event = Box<dyn FnOnce(&Emulator) + Send>;

/// What happens, and each time just before a request of this operation.
type Events = Arc<Mutex<VecDeque<(&'static str, Event)>>>;

/// The operations of the requests so far.
type Sent = Arc<Mutex<Vec<&'static str>>>;

/// The default transport, and what happens between its requests.
struct Eventful {
    inner: HyperTransport,
    emulator: Arc<Emulator>,
    events: Events,
    sent: Sent,
}

impl Eventful {
    /// Removes the next event, if this is the operation that it waits for.
    fn event_before(&self, operation: &str) -> Option<Event> {
        let mut events = self.events.lock().unwrap();
        let is_due = events.front().is_some_and(|(before, _)| *before == operation);
        if is_due { events.pop_front().map(|(_, event)| event) } else { None }
    }
}

#[async_trait]
impl HttpTransport for Eventful {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let operation = Attempt::of(&request).unwrap().operation();
        if let Some(event) = self.event_before(operation) {
            event(&self.emulator);
        }
        self.sent.lock().unwrap().push(operation);
        self.inner.send(request).await
    }
}

/// An emulator, and a client whose calls other events can come between.
struct Scene {
    emulator: Arc<Emulator>,
    actor_tokens: ActorTokens,
    events: Events,
    sent: Sent,
}

impl Scene {
    fn new() -> Self {
        Self::with(Emulator::start().unwrap())
    }

    fn with(emulator: Emulator) -> Self {
        let (emulator, events, sent) = (Arc::new(emulator), Events::default(), Sent::default());
        let transport = Eventful {
            inner: HyperTransport::builder().no_proxy().build().unwrap(),
            emulator: Arc::clone(&emulator),
            events: Arc::clone(&events),
            sent: Arc::clone(&sent),
        };
        let key = SecretKey::new(emulator.secret_key()).unwrap();
        let retries = RetryConfig::new().initial_interval(Duration::ZERO);
        let builder = ActorTokens::builder(transport, key).timer(TokioTimer).retries(retries);
        let actor_tokens = builder.base_url(emulator.base_url()).build().unwrap();
        Self { emulator, actor_tokens, events, sent }
    }

    /// Lets something happen just before the next request of this operation. Events wait for each
    /// other.
    fn before(&self, operation: &'static str, event: impl FnOnce(&Emulator) + Send + 'static) {
        self.events.lock().unwrap().push_back((operation, Box::new(event)));
    }

    fn end(&self, token: &IssuedToken) -> Call<EndedImpersonation> {
        let command = EndImpersonation::new(token.id.parse().unwrap(), user(), actor());
        self.actor_tokens.end_impersonation(command)
    }

    fn status(&self, session: &Session) -> SessionStatus {
        self.emulator.session(&session.id).unwrap().status
    }

    fn assert_everything_happened(&self, faults: usize) {
        assert!(self.events.lock().unwrap().is_empty(), "an event did not happen");
        assert_eq!(self.emulator.faults_fired(), faults);
    }
}

fn user() -> clerk_core::UserId {
    USER.parse().unwrap()
}

fn actor() -> Actor {
    Actor::from_json(ACTOR).unwrap()
}

fn issue(emulator: &Emulator) -> IssuedToken {
    emulator.issue(NewToken::new(USER, ACTOR)).unwrap()
}

fn sign_in(emulator: &Emulator, token: &IssuedToken) -> Session {
    emulator.sign_in(&token.token).unwrap()
}

/// Begins a session of this user with this actor.
fn impersonate(emulator: &Emulator, user: &str, actor: &str) -> Session {
    let token = emulator.issue(NewToken::new(user, actor)).unwrap();
    sign_in(emulator, &token)
}

fn ids(sessions: &[SessionId]) -> Vec<&str> {
    sessions.iter().map(SessionId::as_str).collect()
}

#[tokio::test]
async fn a_pending_token_is_revoked_with_one_request() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let own = scene.emulator.start_session(USER);
    let ended = scene.end(&token).await.unwrap();
    assert_eq!(ended.token, EndedToken::Revoked);
    assert_eq!(scene.emulator.token(&token.id).unwrap().status, TokenStatus::Revoked);
    assert_eq!((scene.status(&own), scene.emulator.requests()), (SessionStatus::Active, 1));
}

#[tokio::test]
async fn a_used_token_with_one_session_takes_four_requests() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let session = sign_in(&scene.emulator, &token);
    let ended = scene.end(&token).await.unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec![&*session.id]));
    assert_eq!((scene.status(&session), scene.emulator.requests()), (SessionStatus::Revoked, 4));

    let again = scene.end(&token).await.unwrap();
    assert_eq!((again.token, ids(&again.sessions)), (EndedToken::NotPending, vec![]));
    assert_eq!(scene.emulator.requests(), 6);
}

#[tokio::test]
async fn an_impersonation_that_is_over_by_itself_takes_two_requests() {
    type Over = fn(&Emulator, &IssuedToken);
    let expired: Over = |emulator, _| emulator.advance(Duration::from_secs(3600));
    let revoked: Over = |emulator, token| drop(emulator.revoke(&token.id).unwrap());
    let signed_out: Over = |emulator, token| {
        let session = sign_in(emulator, token);
        emulator.end_session(&session.id).unwrap();
    };
    for over in [expired, revoked, signed_out] {
        let scene = Scene::new();
        let token = issue(&scene.emulator);
        over(&scene.emulator, &token);
        let ended = scene.end(&token).await.unwrap();
        assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec![]));
        assert_eq!(scene.emulator.requests(), 2);
        assert!(scene.emulator.sign_in(&token.token).is_err(), "the link is of no use");
    }
}

#[tokio::test]
async fn an_end_that_failed_can_be_repeated() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let session = sign_in(&scene.emulator, &token);
    scene.emulator.inject(Fault::clerk_errors(403, "some_code").on(Operation::RevokeSession));
    scene.end(&token).await.unwrap_err();
    scene.assert_everything_happened(1);
    assert_eq!(scene.status(&session), SessionStatus::Active);
    assert_eq!(ids(&scene.end(&token).await.unwrap().sessions), [&*session.id]);
    assert_eq!(scene.status(&session), SessionStatus::Revoked);
}

#[tokio::test]
async fn what_was_created_by_this_client_can_be_ended_from_its_token() {
    let scene = Scene::new();
    let create = clerk_core::CreateActorToken::new(user(), actor());
    let actor_token = scene.actor_tokens.create(create).await.unwrap();
    let session = scene.emulator.sign_in(actor_token.token.as_ref().unwrap().expose()).unwrap();
    let command = EndImpersonation::try_from(&actor_token).unwrap();
    let ended = scene.actor_tokens.end_impersonation(command).await.unwrap();
    assert_eq!(ids(&ended.sessions), [&*session.id]);
}

#[tokio::test]
async fn sessions_of_others_are_never_touched() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let others = [
        scene.emulator.start_session(USER),
        impersonate(&scene.emulator, USER, r#"{"sub":"user_other","audit_id":9007199254740993}"#),
        impersonate(&scene.emulator, "user_2", ACTOR),
        impersonate(&scene.emulator, USER, r#"{"sub":"user_support"}"#),
        impersonate(&scene.emulator, USER, r#"{"sub":"user_support","audit_id":9007199254740992}"#),
    ];
    let session = sign_in(&scene.emulator, &token);
    let pending = impersonate(&scene.emulator, USER, ACTOR);
    scene.emulator.set_session_status(&pending.id, SessionStatus::Pending).unwrap();

    let ended = scene.end(&token).await.unwrap();
    assert_eq!(ids(&ended.sessions), [&*pending.id, &session.id]);
    assert_eq!(ids(&ended.similar), [&*others[4].id, &others[3].id]);
    for other in &others {
        assert_eq!(scene.status(other), SessionStatus::Active, "{other:?}");
    }
    for over in [&session, &pending] {
        assert_eq!(scene.status(over), SessionStatus::Revoked);
    }
}

#[tokio::test]
async fn a_link_that_is_opened_meanwhile_does_not_help() {
    // The first revoke gets no response. The link is opened just before the last of these requests.
    let revoke = "actor_tokens.revoke";
    for (when, requests, retries) in [
        ("while the revoke is repeated", &[revoke, revoke][..], RetryConfig::default()),
        ("between the revoke and the list", &["sessions.list"], RetryConfig::none()),
        ("after the list", &[revoke, revoke], RetryConfig::none()),
    ] {
        let scene = Scene::new();
        let token = issue(&scene.emulator);
        scene.emulator.inject(Fault::drop_connection().on(Operation::RevokeActorToken));
        let ticket = token.clone();
        let (last, earlier) = requests.split_last().unwrap();
        for request in earlier {
            scene.before(request, |_| {});
        }
        scene.before(last, move |emulator| drop(sign_in(emulator, &ticket)));
        let ended = scene.end(&token).retries(retries).await.unwrap();
        scene.assert_everything_happened(1);
        assert_eq!((ended.token, ended.sessions.len()), (EndedToken::NotPending, 1), "{when}");
        assert_eq!(scene.emulator.sessions()[0].status, SessionStatus::Revoked, "{when}");
    }
}

#[tokio::test]
async fn a_session_that_begins_between_two_passes_ends_as_well() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    sign_in(&scene.emulator, &token);
    scene.before("sessions.list", |_| {});
    scene.before("sessions.list", |emulator| drop(impersonate(emulator, USER, ACTOR)));
    let ended = scene.end(&token).await.unwrap();
    scene.assert_everything_happened(0);
    let sessions = scene.emulator.sessions();
    let [first, second] = &sessions[..] else { panic!("{sessions:?}") };
    assert_eq!(ids(&ended.sessions), [&*first.id, &second.id]);
    for session in [first, second] {
        assert_eq!(session.status, SessionStatus::Revoked);
    }
}

#[tokio::test]
async fn a_session_that_ends_by_itself_is_over_whatever_its_revoke_returns() {
    for revoke in [EndedSessionRevoke::Refused, EndedSessionRevoke::Succeeds] {
        let scene = Scene::with(Emulator::builder().ended_session_revoke(revoke).start().unwrap());
        let token = issue(&scene.emulator);
        let session = sign_in(&scene.emulator, &token);
        let id = session.id.clone();
        scene.before("sessions.revoke", move |emulator| drop(emulator.end_session(&id)));
        let ended = scene.end(&token).await.unwrap();
        scene.assert_everything_happened(0);
        assert_eq!(ids(&ended.sessions), [&*session.id]);
        assert_eq!(scene.status(&session), SessionStatus::Ended);
    }
}

#[tokio::test]
async fn six_hundred_sessions_are_read_although_most_of_them_vanish_meanwhile() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let session = sign_in(&scene.emulator, &token);
    for _ in 0..599 {
        let own = scene.emulator.start_session(USER);
        scene.emulator.end_session(&own.id).unwrap();
    }
    scene.before("sessions.list", |_| {});
    // The emulator forgets old sessions that are over, so the one on the second page moves up to
    // the first, which has been read.
    scene.before("sessions.list", |emulator| {
        let over: Vec<_> = emulator.sessions().into_iter().map(|session| session.id).collect();
        for _ in 0..1_500 {
            let other = emulator.start_session("user_2");
            emulator.end_session(&other.id).unwrap();
        }
        let forgotten = over.iter().filter(|id| emulator.session(id).is_none()).count();
        assert_eq!(forgotten, 599);
    });
    let ended = scene.end(&token).await.unwrap();
    scene.assert_everything_happened(0);
    assert_eq!(ids(&ended.sessions), [&*session.id]);
    assert_eq!(scene.status(&session), SessionStatus::Revoked);
}

#[tokio::test]
async fn live_sessions_on_every_page_end() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let mut expected = vec![sign_in(&scene.emulator, &token).id];
    let mut others = Vec::new();
    for number in 0..600 {
        if number % 200 == 199 {
            expected.push(impersonate(&scene.emulator, USER, ACTOR).id);
        } else {
            others.push(scene.emulator.start_session(USER));
        }
    }
    expected.reverse();
    let ended = scene.end(&token).await.unwrap();
    assert_eq!(ids(&ended.sessions), expected);
    assert!(others.iter().all(|other| scene.status(other) == SessionStatus::Active));
    let (revoke, list) = ("sessions.revoke", "sessions.list");
    let (pages, revokes) = ([list; 2], [revoke; 4]);
    let sent = [&["actor_tokens.revoke"], &pages[..], &revokes, &pages].concat();
    assert_eq!(*scene.sent.lock().unwrap(), sent, "all pages are read before anything is revoked");
    assert_eq!(scene.emulator.requests(), sent.len());
}

#[tokio::test]
async fn a_revoke_whose_response_is_lost_is_certain_in_the_end() {
    let lost = || Fault::drop_connection().after_effect().on(Operation::RevokeActorToken);
    for retries in [RetryConfig::none(), RetryConfig::new().initial_interval(Duration::ZERO)] {
        let scene = Scene::new();
        let token = issue(&scene.emulator);
        scene.emulator.inject(lost());
        let ended = scene.end(&token).retries(retries).await.unwrap();
        scene.assert_everything_happened(1);
        assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec![]));
        assert_eq!(scene.emulator.token(&token.id).unwrap().status, TokenStatus::Revoked);
    }
}

#[tokio::test]
async fn a_session_whose_revoke_fails_at_first_ends_as_well() {
    let refused = |status| Fault::clerk_errors(status, "some_code").on(Operation::RevokeSession);
    let lost = || Fault::drop_connection().after_effect().on(Operation::RevokeSession);
    for fault in [refused(400), refused(404), refused(429), refused(503), lost()] {
        let scene = Scene::new();
        let token = issue(&scene.emulator);
        let sessions =
            [sign_in(&scene.emulator, &token), impersonate(&scene.emulator, USER, ACTOR)];
        scene.emulator.inject(fault);
        let ended = scene.end(&token).await.unwrap();
        scene.assert_everything_happened(1);
        assert_eq!(ids(&ended.sessions), [&*sessions[1].id, &sessions[0].id]);
        for session in &sessions {
            assert_eq!(scene.status(session), SessionStatus::Revoked);
        }
    }
}

#[tokio::test]
async fn a_list_that_is_cut_is_read_again() {
    let scene = Scene::new();
    let token = issue(&scene.emulator);
    let session = sign_in(&scene.emulator, &token);
    scene.emulator.inject(Fault::cut_response(1).on(Operation::ListSessions));
    let ended = scene.end(&token).await.unwrap();
    scene.assert_everything_happened(1);
    assert_eq!(ids(&ended.sessions), [&*session.id]);
}

#[tokio::test]
async fn an_unknown_token_is_not_found_and_no_session_ends() {
    let scene = Scene::new();
    let session = impersonate(&scene.emulator, USER, ACTOR);
    let command = EndImpersonation::new("act_unknown".parse().unwrap(), user(), actor());
    let error: Error = scene.actor_tokens.end_impersonation(command).await.unwrap_err();
    assert!(error.is_not_found() && !error.is_ambiguous());
    assert_eq!((scene.status(&session), scene.emulator.requests()), (SessionStatus::Active, 1));
}

#[tokio::test]
async fn without_the_id_of_the_token_a_ticket_remains_usable() {
    let scene = Scene::new();
    let (used, unused) = (issue(&scene.emulator), issue(&scene.emulator));
    let session = sign_in(&scene.emulator, &used);
    let end = || {
        let command = EndImpersonation::without_token(user(), actor());
        scene.actor_tokens.end_impersonation(command)
    };
    let ended = end().await.unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotGiven, vec![&*session.id]));
    assert_eq!((scene.status(&session), scene.emulator.requests()), (SessionStatus::Revoked, 3));
    assert_eq!(scene.emulator.token(&unused.id).unwrap().status, TokenStatus::Pending);

    // Somebody uses it after that, and the next end finds the session.
    let late = sign_in(&scene.emulator, &unused);
    assert_eq!(ids(&end().await.unwrap().sessions), [&*late.id]);
    assert_eq!(scene.status(&late), SessionStatus::Revoked);
}
