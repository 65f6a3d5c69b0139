//! Tens of thousands of creates on servers that fail at random: never two tokens for one call.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use clerk_core::{ActorToken, ActorTokens, Error, RetryConfig, SecretKey, Timer, async_trait};
use clerk_tests::{
    client::command,
    fault_server::{Ending, FaultServer, Ledger, Script, Step, Stream, Until},
    tls::{Authority, HTTP_2},
};
use clerk_transport_hyper::{HyperTransport, TokioTimer};
use fastrand::Rng;
use h2::Reason;
use tokio::task::JoinSet;

/// A clock that runs ten times as fast: a timeout of ten seconds takes one.
///
/// If it were much faster, limits would expire on a busy machine before the server has run.
struct FastTimer;

const FACTOR: u32 = 10;

const HOUR: Duration = Duration::from_secs(3_600);

#[async_trait]
impl Timer for FastTimer {
    fn now(&self) -> Duration {
        TokioTimer.now() * FACTOR
    }

    fn wall_clock(&self) -> SystemTime {
        TokioTimer.wall_clock()
    }

    async fn sleep(&self, duration: Duration) {
        TokioTimer.sleep(duration / FACTOR).await;
    }
}

fn client(base_url: String, transport: HyperTransport, retries: RetryConfig) -> ActorTokens {
    ActorTokens::builder(transport, SecretKey::new("sk_test_1").unwrap())
        .base_url(base_url)
        .timer(FastTimer)
        .retries(retries)
        .build()
        .unwrap()
}

/// The seed of all random choices, printed when a test fails.
///
/// `CLERK_TESTS_SEED` repeats the choices, though not the order in which tasks make them.
struct Seed(u64);

impl Seed {
    fn new() -> Self {
        let seed = std::env::var("CLERK_TESTS_SEED").ok();
        Self(seed.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap()))
    }

    /// Returns the generator for one connection.
    fn rng(&self, connection: usize) -> Rng {
        Rng::with_seed(self.0 ^ (connection as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the seed was {}", self.0);
        }
    }
}

/// The outcomes of all calls, compared with what the server created.
#[derive(Debug, Default)]
struct Tally {
    succeeded: usize,
    ambiguous_and_created: usize,
    ambiguous_and_not_created: usize,
    unambiguous_failures: usize,
    dropped: usize,
    more_than_one_attempt: usize,
    duplicates: usize,
}

impl Tally {
    /// Counts a call with this outcome, or none if it was dropped.
    ///
    /// # Panics
    /// If the outcome contradicts the ledger.
    fn count(&mut self, name: &str, outcome: Option<Result<ActorToken, Error>>, ledger: &Ledger) {
        let created = ledger.created.get(name).map_or(&[][..], Vec::as_slice);
        if created.len() > 1 {
            self.duplicates += 1;
        }
        match outcome {
            None => self.dropped += 1,
            Some(Ok(token)) => {
                assert!(
                    created.contains(&token.id.to_string()),
                    "{name}: succeeded with a token that was not created: {token:?}"
                );
                self.succeeded += 1;
            }
            Some(Err(error)) => {
                self.more_than_one_attempt += usize::from(error.attempts() > 1);
                match (error.is_ambiguous(), created.is_empty()) {
                    (true, false) => self.ambiguous_and_created += 1,
                    (true, true) => self.ambiguous_and_not_created += 1,
                    (false, true) => self.unambiguous_failures += 1,
                    (false, false) => panic!("{name}: created, but unambiguous: {error:?}"),
                }
            }
        }
    }
}

/// Sends this many creates, 128 at a time, drops some of them midway, and counts the outcomes.
async fn storm(
    creates: usize,
    server: Arc<FaultServer>,
    client: ActorTokens,
    seed: &Seed,
) -> Tally {
    let next = Arc::new(AtomicUsize::new(0));
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let mut workers = JoinSet::new();
    for worker in 0..128 {
        let (next, outcomes, client) = (Arc::clone(&next), Arc::clone(&outcomes), client.clone());
        let mut rng = seed.rng(1_000_000 + worker);
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= creates {
                    break;
                }
                let name = format!("c{number}");
                let call = client.create(command(&name));
                let outcome = if rng.u8(..) < 5 {
                    let patience = Duration::from_micros(rng.u64(..5_000));
                    tokio::time::timeout(patience, call).await.ok()
                } else {
                    Some(call.await)
                };
                outcomes.lock().unwrap().push((name, outcome));
            }
        });
    }
    workers.join_all().await;
    // Whatever is still on its way to the server arrives before the connection closes.
    drop(client);
    server.until(|ledger| ledger.closed == ledger.connections).await;
    let ledger = server.ledger();
    let mut tally = Tally::default();
    for (name, outcome) in outcomes.lock().unwrap().drain(..) {
        tally.count(&name, outcome, &ledger);
    }
    let tokens: usize = ledger.created.values().map(Vec::len).sum();
    println!("{creates} creates, {} connections, {tokens} tokens: {tally:?}", ledger.connections);
    tally
}

fn error_response(status: u16) -> Step {
    Step::write(&format!(
        "HTTP/1.1 {status} Any\r\nretry-after: 0\r\ncontent-length: 13\r\n\r\n{{\"errors\":[]}}"
    ))
}

/// Returns a script for HTTP/1.1 that mostly goes well for a while, and then fails.
fn random_script(rng: &mut Rng) -> Script {
    let mut script = Vec::new();
    loop {
        match rng.u8(..40) {
            0 => script.extend([Step::Close]),
            1 => script.extend([Step::Reset]),
            2 => script.extend([Step::ReadBytes(rng.usize(1..300)), Step::Close]),
            3 => script.extend([Step::ReadBytes(rng.usize(1..300)), Step::Reset]),
            4 => script.extend([Step::ReadBytes(1), Step::Stall]),
            5 => script.extend([Step::Read, Step::Close]),
            6 => script.extend([Step::Read, Step::Reset]),
            7 => script.extend([Step::Read, Step::Stall]),
            8 => script.extend([Step::Read, Step::RespondInPart(rng.usize(..200)), Step::Close]),
            9 => script.extend([Step::Read, Step::RespondInPart(rng.usize(..200)), Step::Reset]),
            10 => script.extend([Step::Read, Step::RespondInPart(rng.usize(..200)), Step::Stall]),
            11 => script.extend([Step::Read, Step::write("garbage\r\n\r\n"), Step::Stall]),
            12 => script.extend([Step::Read, Step::Respond, Step::Close]),
            13 => script.extend([Step::Read, Step::Respond, Step::Reset]),
            14 => {
                script.extend([
                    Step::Read,
                    Step::Respond,
                    Step::write("HTTP/1.1 408 X\r\n\r\n"),
                    Step::Close,
                ]);
            }
            15 => {
                let chunk = Bytes::from(format!("10000\r\n{}\r\n", "x".repeat(64 * 1024)));
                let head = Step::write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
                script.extend([Step::Read, head, Step::WriteForever(chunk)]);
            }
            // In all other cases the connection stays open.
            16 => {
                script.extend([
                    Step::Read,
                    error_response([408, 500, 502, 503, 504][rng.usize(..5)]),
                ]);
                continue;
            }
            17 => {
                script
                    .extend([Step::ReadWithoutEffect, error_response([503, 500][rng.usize(..2)])]);
                continue;
            }
            18..20 => {
                script.extend([Step::ReadWithoutEffect, error_response(429)]);
                continue;
            }
            20 => {
                script.extend([
                    Step::ReadWithoutEffect,
                    error_response([400, 401, 404, 422][rng.usize(..4)]),
                ]);
                continue;
            }
            21 => {
                script.extend([
                    Step::Read,
                    Step::write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
                ]);
                continue;
            }
            _ => {
                script.extend([Step::Read, Step::Respond]);
                continue;
            }
        }
        return script;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_under_random_faults_never_make_two_tokens() {
    let seed = Seed::new();
    let own = Seed(seed.0);
    let server = Arc::new(FaultServer::start_by(move |number| random_script(&mut own.rng(number))));
    let client = client(server.http(), HyperTransport::new(), RetryConfig::new());
    let tally = storm(10_000, server, client, &seed).await;
    assert_eq!(tally.duplicates, 0, "{tally:?}");
    // Every outcome occurred, so that the test proves something.
    assert!(
        tally.succeeded > 1_000
            && tally.ambiguous_and_created > 100
            && tally.ambiguous_and_not_created > 100
    );
    assert!(
        tally.unambiguous_failures > 10 && tally.more_than_one_attempt > 100 && tally.dropped > 10,
        "{tally:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opting_in_to_duplicates_makes_duplicates() {
    let seed = Seed::new();
    let own = Seed(seed.0);
    let server = Arc::new(FaultServer::start_by(move |number| random_script(&mut own.rng(number))));
    let retries = RetryConfig::new().retry_ambiguous_creates(true);
    let client = client(server.http(), HyperTransport::new(), retries);
    let tally = storm(1_000, server, client, &seed).await;
    assert!(tally.duplicates > 20, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_over_http2_under_random_faults_never_make_two_tokens() {
    let seed = Seed::new();
    let own = Seed(seed.0);
    let authority = Authority::new();
    let tls = Step::Tls(authority.server(HTTP_2));
    let server = Arc::new(FaultServer::start_by(move |number| {
        let mut rng = own.rng(number);
        let streams =
            (0..rng.usize(1..200)).map(|_| random_stream(&mut rng)).chain([Stream::Fin]).collect();
        vec![tls.clone(), Step::Http2(streams)]
    }));
    let client = client(server.https(), authority.transport(), RetryConfig::new());
    let tally = storm(4_000, server, client, &seed).await;
    assert_eq!(tally.duplicates, 0, "{tally:?}");
    assert!(tally.succeeded > 400 && tally.ambiguous_and_created > 40, "{tally:?}");
}

fn random_stream(rng: &mut Rng) -> Stream {
    let reason = [Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::NO_ERROR][rng.usize(..3)];
    match rng.u8(..100) {
        0..4 => Stream::Refuse(Reason::REFUSED_STREAM),
        4..8 => Stream::Reset(reason),
        8..12 => Stream::RespondInPart(rng.usize(..100), reason),
        12 => Stream::GoAway(reason),
        13 => Stream::RespondAndGoAway,
        14 => Stream::ResetConnection,
        15 => Stream::Stall,
        _ => Stream::Respond,
    }
}

/// Chooses the last step before a connection ends.
type Moment = fn(&mut Rng) -> Step;

/// Sends creates one after another to a server that ends each connection after a few responses, at
/// such a moment.
async fn race(creates: usize, seed: &Seed, moment: Moment) -> Tally {
    let own = Seed(seed.0);
    let server = Arc::new(FaultServer::start_by(move |number| {
        let mut rng = own.rng(number);
        let mut script = Vec::new();
        for _ in 0..rng.usize(1..4) {
            script.extend([Step::Read, Step::Respond]);
        }
        script.push(moment(&mut rng));
        script.push(if rng.bool() { Step::Close } else { Step::Reset });
        script
    }));
    let client = client(server.http(), HyperTransport::new(), RetryConfig::none());
    let mut tally = Tally::default();
    let mut outcomes = Vec::new();
    for number in 0..creates {
        let name = format!("c{number}");
        // No limit may expire here: on a busy machine, a call may take longer than the second that
        // an attempt may take by this clock.
        let call = client.create(command(&name)).timeout(HOUR).attempt_timeout(HOUR);
        outcomes.push((name, call.await));
    }
    let ledger = server.ledger();
    for (name, outcome) in outcomes {
        tally.count(&name, Some(outcome), &ledger);
    }
    tally
}

#[tokio::test]
async fn connections_closed_at_any_moment_never_make_two_tokens() {
    let seed = Seed::new();
    let moments: [(&str, Moment); 2] = [
        ("at once, or while the next request is written", |rng| Step::Yield(rng.usize(..100))),
        ("with the next request unread, or read in part", |rng| Step::ReadBytes(rng.usize(1..100))),
    ];
    for (when, moment) in moments {
        let tally = race(3_000, &seed, moment).await;
        println!("connections ended {when}: {tally:?}");
        assert_eq!(
            (tally.duplicates, tally.ambiguous_and_created, tally.unambiguous_failures),
            (0, 0, 0),
            "{tally:?}"
        );
        assert_eq!(tally.succeeded + tally.ambiguous_and_not_created, 3_000);
    }
}

/// Sends creates one after another, under a paused clock, to a server that keeps each idle
/// connection for at least five seconds.
async fn idle(idle_timeout: Duration, creates: usize, seed: &Seed) -> Tally {
    let mut rng = seed.rng(0);
    let gaps: Arc<[Duration]> =
        (0..creates).map(|_| Duration::from_millis(rng.u64(..10_000))).collect();
    let server = {
        let (gaps, rng) = (Arc::clone(&gaps), Mutex::new(rng));
        // The server knows how long the connection will be idle after each call. It closes the
        // connection during that time, or when the next request arrives.
        let ending = move |name: &str| {
            let next = name[1..].parse::<usize>().unwrap() + 1;
            let is_long = gaps.get(next).is_some_and(|gap| *gap >= Duration::from_secs(5));
            is_long
                .then(|| if rng.lock().unwrap().bool() { Ending::Now } else { Ending::AtNextByte })
        };
        let serve = Step::ServeUntil(Until::new(ending));
        FaultServer::start_by(move |_| vec![serve.clone()])
    };
    let transport = HyperTransport::builder().idle_timeout(idle_timeout).build().unwrap();
    let client = clerk_tests::client::client(server.http(), transport);
    let mut outcomes = Vec::new();
    for (number, gap) in gaps.iter().enumerate() {
        tokio::time::advance(*gap).await;
        let name = format!("c{number}");
        let outcome = client.create(command(&name)).retries(RetryConfig::none()).await;
        outcomes.push((name, outcome));
    }
    let (mut tally, ledger) = (Tally::default(), server.ledger());
    for (name, outcome) in outcomes {
        tally.count(&name, Some(outcome), &ledger);
    }
    tally
}

#[tokio::test(start_paused = true)]
async fn an_idle_timeout_below_that_of_the_server_loses_no_call() {
    let seed = Seed::new();
    let default = idle(Duration::from_secs(4), 3_000, &seed).await;
    println!("server closes after five seconds, client after four: {default:?}");
    assert_eq!((default.succeeded, default.duplicates), (3_000, 0), "{default:?}");
    let longer = idle(Duration::from_secs(60), 3_000, &seed).await;
    println!("server closes after five seconds, client after sixty: {longer:?}");
    assert_eq!(
        (longer.duplicates, longer.ambiguous_and_created, longer.unambiguous_failures),
        (0, 0, 0),
        "{longer:?}"
    );
    assert!(
        longer.ambiguous_and_not_created > 0,
        "a longer idle timeout loses the race now and then"
    );
}
