//! The client without async: wherever it is called from, and for as long as its thread lives.

use std::{
    cell::RefCell,
    collections::HashSet,
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use clerk_actor_tokens::{
    ActorToken, EndImpersonation, EndedToken, Error, HttpRequest, HttpResponse, HttpTransport,
    HyperTransport, RetryConfig, SecretKey, TransportError, async_trait,
    blocking::{Call, Clerk, ClerkBuilder},
};
use clerk_emulator::{Emulator, Fault};
use clerk_tests::{
    client::{command, immediate_retries},
    fault_server::{FaultServer, Step},
    operation::Operation,
};
use clerk_transport_mock::ManualTimer;
use tokio::runtime::Builder;

/// How long a test waits for the end of a thread before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

const KEY: &str = "sk_test_canary";

fn builder() -> ClerkBuilder {
    Clerk::builder(SecretKey::new(KEY).unwrap())
}

fn clerk(server: &FaultServer) -> Clerk {
    builder().base_url(server.http()).build().unwrap()
}

fn call(operation: Operation, clerk: &Clerk, name: &str) -> Call<ActorToken> {
    match operation {
        Operation::Create => clerk.actor_tokens().create(command(name)),
        Operation::Revoke => clerk.actor_tokens().revoke(&name.parse().unwrap()),
    }
}

fn succeeds(operation: Operation, clerk: &Clerk, name: &str) {
    assert!(operation.is_response_to(name, &call(operation, clerk, name).send().unwrap()));
}

thread_local! {
    /// Disconnects once the thread has ended.
    static LIFE: RefCell<Vec<Sender<()>>> = const { RefCell::new(Vec::new()) };
}

/// A transport that remembers on which threads it ran.
struct Tracked<T> {
    transport: T,
    life: Mutex<Option<Sender<()>>>,
    threads: Arc<Mutex<HashSet<ThreadId>>>,
}

impl<T> Tracked<T> {
    /// Returns the transport, and a receiver that is disconnected once the thread of its first call
    /// has ended.
    fn new(transport: T) -> (Self, Receiver<()>) {
        let (sender, receiver) = mpsc::channel();
        (Self { transport, life: Mutex::new(Some(sender)), threads: Arc::default() }, receiver)
    }
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Tracked<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.threads.lock().unwrap().insert(thread::current().id());
        let life = self.life.lock().unwrap().take();
        LIFE.with_borrow_mut(|lives| lives.extend(life));
        self.transport.send(request).await
    }
}

/// Returns a client, and a receiver that is disconnected once its thread has ended.
fn tracked(server: &FaultServer) -> (Clerk, Receiver<()>) {
    let (transport, life) = Tracked::new(HyperTransport::new());
    (builder().base_url(server.http()).transport(transport).build().unwrap(), life)
}

fn assert_alive(life: &Receiver<()>) {
    assert_eq!(life.try_recv(), Err(TryRecvError::Empty));
}

fn assert_ends(life: &Receiver<()>) {
    assert_eq!(life.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
}

/// Creates a client, makes both calls and drops the client, all in the same place.
fn whole_life(server: &FaultServer) {
    let clerk = clerk(server);
    for operation in Operation::BOTH {
        succeeds(operation, &clerk, "c");
    }
}

#[test]
fn calls_work_without_a_runtime() {
    let server = FaultServer::start(&[]);
    whole_life(&server);
    assert_eq!(server.ledger().requests.len(), 2);
}

#[test]
fn calls_work_inside_every_runtime() {
    let server = Arc::new(FaultServer::start(&[]));
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = builder.enable_all().build().unwrap();
        let (in_task, in_blocking) = (Arc::clone(&server), Arc::clone(&server));
        runtime.block_on(async {
            whole_life(&server);
            tokio::spawn(async move { whole_life(&in_task) }).await.unwrap();
            tokio::task::spawn_blocking(move || whole_life(&in_blocking)).await.unwrap();
        });
    }
    assert_eq!(server.ledger().requests.len(), 12);
}

#[test]
fn a_client_may_be_dropped_inside_a_runtime_that_never_used_it() {
    let server = FaultServer::start(&[]);
    let (clerk, life) = tracked(&server);
    succeeds(Operation::Create, &clerk, "c");
    Builder::new_current_thread().build().unwrap().block_on(async { drop(clerk) });
    assert_ends(&life);
}

#[test]
fn a_task_may_make_more_calls_than_its_runtime_budgets_for() {
    // Tokio lets a task poll its channels 128 times before it has to yield.
    const CALLS: usize = 200;
    let server = FaultServer::start(&[]);
    let clerk = clerk(&server);
    Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        for _ in 0..CALLS {
            succeeds(Operation::Revoke, &clerk, "act_1");
        }
    });
    assert_eq!(server.ledger().count(Operation::Revoke, "act_1"), CALLS);
}

#[test]
fn many_threads_share_a_client_and_its_thread() {
    let server = FaultServer::start(&[]);
    let (transport, _life) = Tracked::new(HyperTransport::new());
    let threads = Arc::clone(&transport.threads);
    let clerk = builder().base_url(server.http()).transport(transport).build().unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            let clerk = &clerk;
            scope.spawn(move || {
                for number in 0..10 {
                    for operation in Operation::BOTH {
                        succeeds(operation, clerk, &format!("c{thread}_{number}"));
                    }
                }
            });
        }
    });
    assert_eq!(server.ledger().requests.len(), 160);
    let threads = threads.lock().unwrap();
    assert!(threads.len() == 1 && !threads.contains(&thread::current().id()), "{threads:?}");
}

#[test]
fn the_thread_ends_with_the_last_client() {
    let server = FaultServer::start(&[]);
    let (clerk, life) = tracked(&server);
    succeeds(Operation::Create, &clerk, "c");
    let clone = clerk.clone();
    drop(clerk);
    succeeds(Operation::Revoke, &clone, "c");
    assert_alive(&life);
    drop(clone);
    assert_ends(&life);
}

#[test]
fn the_thread_ends_with_a_call_that_is_never_sent() {
    let server = FaultServer::start(&[]);
    let (clerk, life) = tracked(&server);
    succeeds(Operation::Create, &clerk, "c");
    let unsent = call(Operation::Create, &clerk, "unsent");
    drop(clerk);
    assert_alive(&life);
    drop(unsent);
    assert_ends(&life);
    assert_eq!(server.ledger().requests.len(), 1);
}

#[test]
fn a_call_in_flight_outlives_its_client() {
    let server = FaultServer::start(&[vec![Step::Read, Step::Hold, Step::Respond]]);
    let (clerk, life) = tracked(&server);
    let in_flight = call(Operation::Create, &clerk, "c");
    let caller = thread::spawn(move || in_flight.send());
    server.block_until(|ledger| ledger.requests.len() == 1);
    drop(clerk);
    assert_alive(&life);
    server.release();
    assert!(Operation::Create.is_response_to("c", &caller.join().unwrap().unwrap()));
    assert_ends(&life);
}

#[test]
fn a_lost_response_is_ambiguous_for_a_create_and_retried_for_a_revoke() {
    let emulator = Emulator::start().unwrap();
    let clerk = Clerk::builder(SecretKey::new(emulator.secret_key()).unwrap())
        .base_url(emulator.base_url())
        .retries(immediate_retries())
        .build()
        .unwrap();
    emulator.inject(Fault::cut_response(20));
    let error = call(Operation::Create, &clerk, "c").send().unwrap_err();
    assert!(error.is_ambiguous() && error.attempts() == 1, "{error:?}");
    let [token] = &emulator.tokens()[..] else { panic!("expected one token") };

    emulator.inject(Fault::drop_connection());
    emulator.inject(Fault::drop_connection());
    let once = call(Operation::Revoke, &clerk, &token.id).retries(RetryConfig::none());
    assert_eq!(once.send().unwrap_err().attempts(), 1);
    succeeds(Operation::Revoke, &clerk, &token.id);
    assert_eq!((emulator.faults_fired(), emulator.requests()), (3, 4));
}

/// A transport that never responds.
struct Silent;

#[async_trait]
impl HttpTransport for Silent {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        std::future::pending().await
    }
}

#[test]
fn limits_end_a_call_by_the_clock_of_its_timer() {
    const HOUR: Duration = Duration::from_secs(3600);
    let timer = ManualTimer::auto();
    let clerk = builder().transport(Silent).timer(timer.clone()).timeout(HOUR).build().unwrap();
    let patient = call(Operation::Create, &clerk, "c").attempt_timeout(2 * HOUR);
    let error = patient.send().unwrap_err();
    assert!(error.to_string().contains("3600s call timeout"), "{error}");
    assert_eq!(timer.slept(), [HOUR]);
}

#[test]
fn limits_need_no_timer_of_the_caller() {
    let clerk = builder().transport(Silent).build().unwrap();
    let error = call(Operation::Create, &clerk, "c").timeout(Duration::from_millis(1)).send();
    let shown = error.unwrap_err().to_string();
    assert!(shown.contains("1ms call timeout"), "{shown}");
}

#[test]
fn an_invalid_setting_is_reported_without_a_request() {
    let server = FaultServer::start(&[]);
    let rejected = call(Operation::Create, &clerk(&server), "c").header("authorization", "mine");
    assert!(matches!(rejected.send().unwrap_err(), Error::InvalidInput(_)));
    assert_eq!(server.ledger().connections, 0);
    let error = builder().base_url("http://api.example.com").build().unwrap_err();
    assert_eq!(error.setting(), "base_url");
}

/// A transport that panics at its first request.
struct PanicsOnce(Mutex<bool>);

#[async_trait]
impl HttpTransport for PanicsOnce {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let is_first = !std::mem::replace(&mut *self.0.lock().unwrap(), true);
        assert!(!is_first, "the first request");
        Ok(HttpResponse::new("not a token".into()))
    }
}

#[test]
fn a_panic_of_the_transport_reaches_its_caller_and_no_other() {
    let clerk = builder().transport(PanicsOnce(Mutex::new(false))).build().unwrap();
    let panics = || call(Operation::Create, &clerk, "c").send();
    let panic = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the first request"));
    assert!(matches!(
        call(Operation::Create, &clerk, "c").send().unwrap_err(),
        Error::Unexpected(_)
    ));
}

#[test]
fn nothing_shows_the_secret_key() {
    let clerk = builder().build().unwrap();
    let shown: [&dyn Debug; 4] =
        [&builder(), &clerk, clerk.actor_tokens(), &call(Operation::Revoke, &clerk, "act_1")];
    for value in shown {
        let shown = format!("{value:?}{value:#?}");
        assert!(shown.len() > 20 && !shown.contains("canary"), "{shown}");
    }
}

#[test]
fn clients_and_calls_may_move_between_threads() {
    fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    fn is_sent<T: Send + 'static>(_: &T) {}
    let clerk = Clerk::new(SecretKey::new(KEY).unwrap());
    is_shared(&clerk);
    is_shared(clerk.actor_tokens());
    is_sent(&call(Operation::Create, &clerk, "c"));
}

#[test]
fn an_impersonation_ends_without_async() {
    let emulator = Emulator::start().unwrap();
    let key = SecretKey::new(emulator.secret_key()).unwrap();
    let clerk = Clerk::builder(key).base_url(emulator.base_url()).build().unwrap();
    let actor_token = clerk.actor_tokens().create(command("impersonation")).send().unwrap();
    let session = emulator.sign_in(actor_token.token.as_ref().unwrap().expose()).unwrap();
    let command = EndImpersonation::try_from(&actor_token).unwrap();
    let ended = clerk.actor_tokens().end_impersonation(command).send().unwrap();
    assert_eq!((ended.token, ended.sessions.len()), (EndedToken::NotPending, 1));
    assert_eq!(ended.sessions[0].as_str(), session.id);
}
