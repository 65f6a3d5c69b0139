//! Holds what a call takes from the heap. It varies with nothing but the code, and what costs time
//! shows here first.
//!
//! What allocates is counted for each thread alone: the client runs on one, the server is on
//! another.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::LazyLock,
    thread,
};

use allocation_counter::measure;
use clerk_actor_tokens::{Actor, ActorTokens, Clerk, SecretKey, TokioTimer};
use clerk_core::{Body, HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
use clerk_tests::{
    canned::{self, SUB},
    operation::Operation,
};
use tokio::runtime::Runtime;

/// How many blocks a call may take, with the making of its input, over a warm connection: `[create,
/// create and revoke]`. Lower a figure when the code does; raise it only with a reason.
const CEILINGS: [(Over, [u64; 2]); 2] = [(Over::Hyper, [26, 45]), (Over::Memory, [20, 34])];

#[derive(Clone, Copy, Debug)]
enum Over {
    /// The default transport, to a server on loopback.
    Hyper,
    /// A transport that has the answer, whose own blocks count as well.
    Memory,
}

/// So many that what is taken once in a while does not show.
const CALLS: u64 = 100;

#[test]
fn no_call_takes_more_from_the_heap_than_it_may() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (over, [create, both]) in CEILINGS {
        let actor_tokens = client(over);
        for (revoke, ceiling) in [(false, create), (true, both)] {
            let taken = blocks_per_call(&runtime, &actor_tokens, revoke);
            let what =
                format!("over {over:?}, revoke: {revoke}: {taken} blocks, {ceiling} are allowed");
            println!("{what}");
            assert!(taken <= ceiling, "{what}");
            assert!(taken + 2 >= ceiling, "{what}; lower the ceiling");
        }
    }
}

fn blocks_per_call(runtime: &Runtime, actor_tokens: &ActorTokens, revoke: bool) -> u64 {
    // Whatever is made once has been made after these.
    runtime.block_on(calls(actor_tokens, 10, revoke));
    measure(|| runtime.block_on(calls(actor_tokens, CALLS, revoke))).count_total / CALLS
}

async fn calls(actor_tokens: &ActorTokens, calls: u64, revoke: bool) {
    for _ in 0..calls {
        let command = canned::command(Actor::new(SUB).unwrap());
        let actor_token = actor_tokens.create(command).await.unwrap();
        if revoke {
            actor_tokens.revoke(&actor_token.id).await.unwrap();
        }
    }
}

fn client(over: Over) -> ActorTokens {
    let key = SecretKey::new("sk_test_1").unwrap();
    match over {
        Over::Hyper => {
            Clerk::builder(key).base_url(serve()).build().unwrap().actor_tokens().clone()
        }
        Over::Memory => ActorTokens::with_timer(Memory, TokioTimer, key),
    }
}

static CREATED: LazyLock<String> =
    LazyLock::new(|| canned::response(Operation::Create, "act_1").to_string());
static REVOKED: LazyLock<String> =
    LazyLock::new(|| canned::response(Operation::Revoke, "act_1").to_string());

fn answer(path: &str) -> &'static str {
    if path.contains("/revoke") { &REVOKED } else { &CREATED }
}

struct Memory;

#[async_trait]
impl HttpTransport for Memory {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        Ok(HttpResponse::new(Body::from(answer(request.uri().path()))))
    }
}

/// Starts a server on threads of its own, which end with the test, and gives its base URL.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || converse(stream.unwrap()));
        }
    });
    base_url
}

/// Answers whatever comes, as long as each request arrives in one piece: they are far below what a
/// socket takes at once.
fn converse(mut stream: TcpStream) {
    let mut request = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut request) {
        let body = answer(str::from_utf8(&request[..length]).unwrap());
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}",
            body.len()
        );
        stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
    }
}
