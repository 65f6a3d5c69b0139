use std::{
    future::{Future as _, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use clerk_core::{
    Actor, ActorToken, ActorTokens, Call, Error, RetryConfig, Sent,
    TransportErrorKind::{Incomplete, Io, Other},
    http::Uri,
};
use clerk_tests::{
    canned::{self, SUB},
    client::{client, client_with, command, immediate_retries, sent, transport_error},
    connector::Connector,
    http2_peer::{Frame, Http2Peer, Http2PeerConnection},
    operation::Operation::{self, Create},
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;
use h2::Reason;
use tokio::{net::TcpStream, task::JoinHandle};

use crate::tasks::until_tasks_alive;

/// A client and its server, on one connection that has carried one call.
struct Warm {
    client: ActorTokens,
    timer: ManualTimer,
    peer: Http2Peer,
    connection: Http2PeerConnection,
}

impl Warm {
    /// Has the server allow this many streams after the first call.
    async fn with_limit(max_streams: u32) -> Self {
        Self::with_transport(max_streams, Http2Peer::transport()).await
    }

    async fn with_transport(max_streams: u32, transport: HyperTransport) -> Self {
        let peer = Http2Peer::start().await;
        let timer = ManualTimer::new();
        let base_url = format!("http://{}/v1", peer.address());
        let client = client_with(base_url, transport, timer.clone());
        let first = spawn(&client, "first");
        let mut connection = peer.accept(Some(100)).await;
        assert_eq!(respond_to_next(&mut connection).await, "first");
        assert_response("first", first.await.unwrap());
        connection.settings(Some(max_streams)).await;
        assert_eq!(connection.sent_so_far().await, []);
        Self { client, timer, peer, connection }
    }

    /// Spawns a call, and waits until it is under way.
    async fn spawn(&self, name: &str) -> JoinHandle<Result<ActorToken, Error>> {
        let call = spawn(&self.client, name);
        settle().await;
        call
    }
}

fn spawn(client: &ActorTokens, name: &str) -> JoinHandle<Result<ActorToken, Error>> {
    tokio::spawn(Create.call(client, name).retries(RetryConfig::none()))
}

/// Lets every task run until it waits for the network.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Responds to the next request, and returns the name of its call.
async fn respond_to_next(connection: &mut Http2PeerConnection) -> String {
    let (stream, body) = connection.request().await;
    let name = name_of(&body);
    connection.respond(stream, &Create.response_body(&name)).await;
    name
}

fn name_of(body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    body["actor"]["call"].as_str().unwrap().to_owned()
}

fn assert_response(name: &str, result: Result<ActorToken, Error>) {
    assert!(Create.is_response_to(name, &result.unwrap()), "{name}");
}

#[tokio::test]
async fn calls_dropped_while_they_wait_for_a_stream_send_nothing() {
    let mut warm = Warm::with_limit(0).await;
    let front = warm.spawn("front").await;
    for number in 0..20 {
        let call = warm.spawn(&format!("dropped{number}")).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
    warm.connection.settings(Some(100)).await;
    for (name, call) in [("front", front), ("last", warm.spawn("last").await)] {
        assert_eq!(respond_to_next(&mut warm.connection).await, name);
        assert_response(name, call.await.unwrap());
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
}

#[tokio::test]
async fn calls_that_wait_for_a_stream_end_by_their_limit_as_not_sent() {
    let mut warm = Warm::with_limit(0).await;
    let calls = [warm.spawn("a").await, warm.spawn("b").await, warm.spawn("c").await];
    while warm.timer.sleeping().len() != 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
    warm.timer.advance(Duration::from_secs(10));
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Timeout(_)) && sent(&error) == Sent::No, "{error:?}");
        assert!(!error.is_ambiguous(), "{error:?}");
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
    // The next call does not wait on that connection again.
    let next = warm.spawn("next").await;
    let mut connection = warm.peer.accept(None).await;
    assert_eq!(respond_to_next(&mut connection).await, "next");
    assert_response("next", next.await.unwrap());
    assert_eq!(warm.connection.next().await, Frame::End);
}

#[tokio::test]
async fn a_revoke_finds_a_server_that_allows_streams() {
    let mut warm = Warm::with_limit(0).await;
    let call = Operation::Revoke.call(&warm.client, "act_1").retries(immediate_retries());
    let call = tokio::spawn(call);
    while warm.timer.sleeping().len() != 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
    warm.timer.advance(Duration::from_secs(10));
    let mut second = warm.peer.accept(None).await;
    let stream = loop {
        if let Frame::Headers(stream) = second.next().await {
            break stream;
        }
    };
    second.respond(stream, &Operation::Revoke.response_body("act_1")).await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn calls_that_wait_for_a_stream_get_it_in_order() {
    let mut warm = Warm::with_transport(0, one_connection().0).await;
    let names: Vec<_> = (0..10).map(|number| format!("c{number}")).collect();
    let mut calls = Vec::new();
    for name in &names {
        calls.push(warm.spawn(name).await);
    }
    warm.connection.settings(Some(1)).await;
    for (name, call) in names.iter().zip(calls) {
        assert_eq!(respond_to_next(&mut warm.connection).await, *name);
        assert_response(name, call.await.unwrap());
    }
}

#[tokio::test]
async fn a_call_dropped_when_its_stream_comes_free_leaves_it_to_the_next() {
    let mut warm = Warm::with_transport(0, one_connection().0).await;
    let next = {
        let mut dropped = pin!(Create.call(&warm.client, "dropped"));
        // Polled by hand, so that it is told of the stream and does not take it yet.
        poll_fn(|context| Poll::Ready(dropped.as_mut().poll(context).is_pending())).await;
        settle().await;
        assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let next = warm.spawn("next").await;
        warm.connection.settings(Some(1)).await;
        assert_eq!(warm.connection.sent_so_far().await, []);
        settle().await;
        next
    };
    assert_eq!(respond_to_next(&mut warm.connection).await, "next");
    assert_response("next", next.await.unwrap());
    assert_eq!(warm.connection.sent_so_far().await, []);
}

#[tokio::test]
async fn a_lowered_limit_sends_further_calls_elsewhere() {
    let mut warm = Warm::with_limit(100).await;
    let mut calls = Vec::new();
    for name in ["a", "b", "c"] {
        calls.push((name, warm.spawn(name).await, warm.connection.request().await.0));
    }
    warm.connection.settings(Some(2)).await;
    assert_eq!(warm.connection.sent_so_far().await, []);
    let further = [("d", warm.spawn("d").await), ("e", warm.spawn("e").await)];
    // Only one more connection is opened for both.
    let mut second = warm.peer.accept(Some(2)).await;
    for (name, call) in further {
        assert_eq!(respond_to_next(&mut second).await, name);
        assert_response(name, call.await.unwrap());
    }
    assert_eq!(warm.connection.sent_so_far().await, []);
    for (name, call, stream) in calls {
        warm.connection.respond(stream, &Create.response_body(name)).await;
        assert_response(name, call.await.unwrap());
    }
}

#[tokio::test]
async fn a_burst_opens_as_many_connections_as_it_needs() {
    let peer = Http2Peer::start().await;
    let client = client(format!("http://{}/v1", peer.address()), Http2Peer::transport());
    let calls: Vec<_> = (0..250).map(|number| spawn(&client, &format!("c{number}"))).collect();
    let mut connections = Vec::new();
    for count in [100, 100, 50] {
        let mut connection = peer.accept(Some(100)).await;
        let requests = connection.requests(count).await;
        connections.push((connection, requests));
    }
    for (connection, requests) in &mut connections {
        for (stream, body) in requests {
            connection.respond(*stream, &Create.response_body(&name_of(body))).await;
        }
        assert_eq!(connection.sent_so_far().await, []);
    }
    for (number, call) in calls.into_iter().enumerate() {
        assert_response(&format!("c{number}"), call.await.unwrap());
    }
}

#[tokio::test]
async fn there_are_no_more_than_eight_connections() {
    let peer = Http2Peer::start().await;
    let client = client(format!("http://{}/v1", peer.address()), Http2Peer::transport());
    let calls: Vec<_> = (0..10).map(|number| spawn(&client, &format!("c{number}"))).collect();
    let mut connections = Vec::new();
    for _ in 0..8 {
        let mut connection = peer.accept(Some(1)).await;
        let request = connection.request().await;
        connections.push((connection, request));
    }
    // The other calls get the first stream that comes free, one after the other.
    for (number, (connection, (stream, body))) in connections.iter_mut().enumerate() {
        connection.respond(*stream, &Create.response_body(&name_of(body))).await;
        if number == 0 {
            assert_eq!(respond_to_next(connection).await, "c8");
            assert_eq!(respond_to_next(connection).await, "c9");
        }
        assert_eq!(connection.sent_so_far().await, []);
    }
    for (number, call) in calls.into_iter().enumerate() {
        assert_response(&format!("c{number}"), call.await.unwrap());
    }
}

/// Returns a transport that connects once, and counts how often it tries.
fn one_connection() -> (HyperTransport, Arc<AtomicUsize>) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let connect = move |uri: Uri| {
        let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if is_first {
                TcpStream::connect(uri.authority().unwrap().as_str()).await
            } else {
                std::future::pending().await
            }
        }
    };
    let builder = HyperTransport::builder().connector(Connector::http2(connect));
    (builder.build().unwrap(), attempts)
}

#[tokio::test]
async fn a_stream_that_comes_free_is_used_before_another_connection_is_open() {
    let (transport, attempts) = one_connection();
    let mut warm = Warm::with_transport(1, transport).await;
    let mut calls = Vec::new();
    for name in ["a", "b", "c"] {
        calls.push((name, warm.spawn(name).await));
    }
    for (name, call) in calls {
        assert_eq!(respond_to_next(&mut warm.connection).await, name);
        assert_response(name, call.await.unwrap());
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 2, "one at a time");
}

#[tokio::test]
async fn only_one_request_precedes_the_settings_of_the_server() {
    let peer = Http2Peer::start().await;
    let client = client(format!("http://{}/v1", peer.address()), Http2Peer::transport());
    let calls = ["a", "b", "c"].map(|name| (name, spawn(&client, name)));
    let mut connection = peer.accept_silently().await;
    let (stream, _) = connection.request().await;
    assert_eq!(connection.sent_so_far().await, []);
    connection.settings(Some(100)).await;
    assert_eq!(respond_to_next(&mut connection).await, "b");
    assert_eq!(respond_to_next(&mut connection).await, "c");
    connection.respond(stream, &Create.response_body("a")).await;
    for (name, call) in calls {
        assert_response(name, call.await.unwrap());
    }
}

#[tokio::test]
async fn a_goaway_settles_the_streams_above_its_last_one() {
    let mut warm = Warm::with_limit(100).await;
    let mut calls = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let call = tokio::spawn(Create.call(&warm.client, name));
        calls.push((name, call, warm.connection.request().await.0));
    }
    let last = calls[1].2;
    warm.connection.go_away(last, Reason::NO_ERROR).await;
    // Those above are sent again, although creates are not retried if they may have been read.
    let mut second = warm.peer.accept(None).await;
    for (name, call, stream) in calls {
        if stream > last {
            assert_eq!(respond_to_next(&mut second).await, name);
        } else {
            warm.connection.respond(stream, &Create.response_body(name)).await;
        }
        assert_response(name, call.await.unwrap());
    }
    assert_eq!(warm.connection.next().await, Frame::End);
}

#[tokio::test]
async fn a_goaway_with_an_error_leaves_every_stream_in_doubt() {
    let mut warm = Warm::with_limit(100).await;
    let call = tokio::spawn(Create.call(&warm.client, "a"));
    let (stream, _) = warm.connection.request().await;
    warm.connection.go_away(stream - 2, Reason::INTERNAL_ERROR).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((transport_error(&error).kind(), sent(&error)), (Io, Sent::Maybe), "{error:?}");
    assert!(error.is_ambiguous() && error.attempts() == 1, "{error:?}");
}

#[tokio::test]
async fn a_protocol_error_of_the_server_leaves_every_stream_in_doubt() {
    let mut warm = Warm::with_limit(100).await;
    let call = tokio::spawn(Create.call(&warm.client, "a"));
    warm.connection.request().await;
    // A frame of a stream that was never opened. The client answers with a GOAWAY of its own.
    warm.connection.data(99, b"x", false).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((transport_error(&error).kind(), sent(&error)), (Other, Sent::Maybe), "{error:?}");
    assert!(error.is_ambiguous() && error.attempts() == 1, "{error:?}");
}

#[tokio::test]
async fn a_large_head_is_read_and_a_huge_one_fails_alone() {
    for (size, is_read) in [(60 * 1024, true), (300 * 1024, false)] {
        let mut warm = Warm::with_limit(100).await;
        let neighbour = warm.spawn("neighbour").await;
        let (neighbours, _) = warm.connection.request().await;
        let call = warm.spawn("call").await;
        let (stream, _) = warm.connection.request().await;
        // Several headers, for the size of a single one is bounded more tightly.
        let value = "x".repeat(size / 10);
        warm.connection.head(stream, &[("x-large", value.as_str()); 10], false).await;
        warm.connection.data(stream, Create.response_body("call").as_bytes(), true).await;
        warm.connection.respond(neighbours, &Create.response_body("neighbour")).await;
        assert_response("neighbour", neighbour.await.unwrap());
        if is_read {
            assert_response("call", call.await.unwrap());
        } else {
            let error = call.await.unwrap().unwrap_err();
            assert!(error.is_ambiguous(), "{error:?}");
        }
        let next = warm.spawn("next").await;
        assert_eq!(respond_to_next(&mut warm.connection).await, "next");
        assert_response("next", next.await.unwrap());
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_incomplete() {
    for (length, end) in
        [(Some("100"), None), (Some("100"), Some(Reason::NO_ERROR)), (None, Some(Reason::NO_ERROR))]
    {
        let mut warm = Warm::with_limit(100).await;
        let call = warm.spawn("a").await;
        let (stream, _) = warm.connection.request().await;
        let headers: Vec<_> = length.map(|length| ("content-length", length)).into_iter().collect();
        warm.connection.head(stream, &headers, false).await;
        warm.connection.data(stream, b"{}", end.is_none()).await;
        if let Some(reason) = end {
            warm.connection.reset(stream, reason).await;
        }
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(transport_error(&error).kind(), Incomplete, "{length:?} {end:?}: {error:?}");
        assert!(error.status().unwrap() == 200 && error.is_ambiguous(), "{error:?}");
    }
}

/// Returns a create whose body is larger than a server accepts without asking.
fn large_call(client: &ActorTokens) -> Call<ActorToken> {
    let actor = Actor::new(SUB).unwrap().with_claim("call", "a").unwrap();
    let actor = actor.with_claim("padding", "x".repeat(LARGE)).unwrap();
    client.create(canned::command(actor)).retries(RetryConfig::none())
}

/// The size of a [`large_call`].
const LARGE: usize = 200 * 1024;

/// How much of a body a server accepts without asking.
const WINDOW: usize = 65_535;

/// Reads the head of a request and as much of its body as flow control lets through. Returns the
/// stream.
async fn read_until_blocked(connection: &mut Http2PeerConnection) -> u32 {
    // Earlier calls have used up a little of the window of the connection.
    connection.window_update(0, 1_000).await;
    let (mut stream, mut length) = (0, 0);
    while length < WINDOW {
        match connection.next().await {
            Frame::Headers(id) => stream = id,
            Frame::Data(_, data, is_last) => {
                length += data.len();
                assert!(!is_last);
            }
            frame => panic!("expected a body, not {frame:?}"),
        }
    }
    assert_eq!((connection.sent_so_far().await, length), (vec![], WINDOW));
    stream
}

#[tokio::test]
async fn flow_control_is_respected() {
    let mut warm = Warm::with_limit(100).await;
    let call = tokio::spawn(large_call(&warm.client));
    let (stream, mut length) = (read_until_blocked(&mut warm.connection).await, WINDOW);
    warm.connection.window_update(0, 1_000_000).await;
    warm.connection.window_update(stream, 1_000_000).await;
    loop {
        let Frame::Data(_, data, is_last) = warm.connection.next().await else {
            panic!("expected the rest of the body")
        };
        length += data.len();
        if is_last {
            break;
        }
    }
    assert!(length > LARGE);
    warm.connection.respond(stream, &Create.response_body("a")).await;
    assert_response("a", call.await.unwrap());
}

#[tokio::test]
async fn a_dropped_call_sends_no_more_of_its_body() {
    let mut warm = Warm::with_limit(100).await;
    let neighbour = warm.spawn("neighbour").await;
    let (neighbours, _) = warm.connection.request().await;
    let call = tokio::spawn(large_call(&warm.client));
    let stream = read_until_blocked(&mut warm.connection).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    warm.connection.window_update(0, 1_000_000).await;
    warm.connection.window_update(stream, 1_000_000).await;
    let cancelled = Frame::Reset(stream, Reason::CANCEL);
    assert_eq!(warm.connection.sent_so_far().await, [cancelled]);
    // The connection got no response, so the next call does not trust it. Its other call finishes.
    let next = warm.spawn("next").await;
    let mut second = warm.peer.accept(None).await;
    assert_eq!(respond_to_next(&mut second).await, "next");
    assert_response("next", next.await.unwrap());
    warm.connection.respond(neighbours, &Create.response_body("neighbour")).await;
    assert_response("neighbour", neighbour.await.unwrap());
    assert_eq!(warm.connection.next().await, Frame::End);
}

#[tokio::test]
async fn a_response_that_precedes_the_end_of_the_request_counts() {
    let mut warm = Warm::with_limit(100).await;
    let call = tokio::spawn(large_call(&warm.client));
    let stream = read_until_blocked(&mut warm.connection).await;
    warm.connection.respond(stream, &Create.response_body("a")).await;
    warm.connection.reset(stream, Reason::NO_ERROR).await;
    assert_response("a", call.await.unwrap());
    let next = warm.spawn("next").await;
    assert_eq!(respond_to_next(&mut warm.connection).await, "next");
    assert_response("next", next.await.unwrap());
}

#[tokio::test]
async fn headers_of_a_single_connection_are_left_out() {
    let mut warm = Warm::with_limit(100).await;
    for name in ["keep-alive", "proxy-connection"] {
        let call = warm.client.create(command("a")).header(name, "x");
        let call = tokio::spawn(call.retries(RetryConfig::none()));
        assert_eq!(respond_to_next(&mut warm.connection).await, "a");
        assert_response("a", call.await.unwrap());
    }
}

#[tokio::test]
async fn a_dropped_client_closes_a_connection_that_is_not_read() {
    let warm = Warm::with_limit(100).await;
    let Warm { client, mut connection, peer, timer } = warm;
    let call = tokio::spawn(large_call(&client));
    read_until_blocked(&mut connection).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    drop((client, timer));
    until_tasks_alive(0).await;
    while connection.next().await != Frame::End {}
    drop(peer);
}
