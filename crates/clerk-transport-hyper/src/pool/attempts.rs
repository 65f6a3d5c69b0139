//! What becomes of attempts to connect, and of the connections that they open.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use clerk_core::{Body, HttpRequest};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
    runtime::Builder,
    task::{JoinSet, yield_now},
    time::{Instant, advance, timeout},
};

use super::test_pool::{Pool, abort, allow_streams, assert_failed, taken};
use crate::{
    connector::{Stream, settle},
    exchange::full_request,
};

const SECOND: Duration = Duration::from_secs(1);

/// Returns `true` if the client has closed the connection.
async fn is_closed(server: &mut DuplexStream) -> bool {
    let mut read = Vec::new();
    tokio::select! {
        biased;
        result = server.read_to_end(&mut read) => result.is_ok(),
        () = settle() => false,
    }
}

/// Returns how long the client keeps an idle connection open, by a clock that jumps whenever all
/// tasks wait.
async fn idle_time(mut server: DuplexStream) -> Duration {
    let start = Instant::now();
    timeout(60 * SECOND, server.read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    start.elapsed()
}

#[tokio::test]
async fn a_call_dropped_before_its_first_poll_starts_no_attempt() {
    let pool = Pool::new();
    drop(pool.pool.acquire());
    settle().await;
    assert_eq!(pool.attempts(), 0);
    let call = pool.call().await;
    assert_eq!(pool.attempts(), 1);
    let _server = pool.open_http1().await;
    assert!(!taken(call).await.is_reused());
}

#[tokio::test]
async fn the_connection_of_a_dropped_call_is_for_the_next_one() {
    for is_http2 in [false, true] {
        let pool = Pool::new();
        abort(pool.call().await).await;
        assert_eq!(pool.attempts(), 1);
        let _server = if is_http2 { pool.open_http2().await } else { pool.open_http1().await };
        let connection = taken(pool.call().await).await;
        assert_eq!((connection.is_reused(), pool.attempts()), (!is_http2, 0));
    }
}

#[tokio::test]
async fn a_connection_that_a_call_was_handed_but_did_not_take_is_for_the_next_one() {
    for is_http2 in [false, true] {
        let pool = Pool::new();
        let server = {
            let mut dropped = pin!(pool.pool.acquire());
            // Polled by hand, so that it does not notice what it is handed.
            assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            settle().await;
            if is_http2 { pool.open_http2().await } else { pool.open_http1().await }
        };
        taken(pool.call().await).await;
        assert_eq!(pool.attempts(), 0);
        drop(server);
    }
}

#[tokio::test]
async fn attempts_of_dropped_calls_do_not_end_each_other() {
    let pool = Pool::over_http1().await;
    let calls = [pool.call().await, pool.call().await];
    assert_eq!(pool.attempts(), 2);
    for call in calls {
        abort(call).await;
    }
    let _servers = [pool.open_http1().await, pool.open_http1().await];
    let _connections = [taken(pool.call().await).await, taken(pool.call().await).await];
    assert_eq!(pool.attempts(), 0);
}

#[tokio::test]
async fn no_more_than_a_thousand_attempts_go_on_without_their_calls() {
    let pool = Pool::over_http1().await;
    let mut calls = JoinSet::new();
    for _ in 0..1_002 {
        let pool = Arc::clone(&pool.pool);
        calls.spawn(async move { pool.acquire().await });
    }
    settle().await;
    assert_eq!(pool.attempts(), 1_002);
    calls.shutdown().await;
    settle().await;
    assert_eq!(pool.attempts(), 1_000);
}

#[tokio::test]
async fn until_the_protocol_is_known_all_calls_wait_for_one_attempt() {
    let pool = Pool::new();
    let calls = [pool.call().await, pool.call().await, pool.call().await];
    assert_eq!(pool.attempts(), 1);
    pool.fail().await;
    for call in calls {
        assert_failed(call).await;
    }
    let calls = [pool.call().await, pool.call().await];
    assert_eq!(pool.attempts(), 1);
    let _first = pool.open_http1().await;
    assert_eq!(pool.attempts(), 1, "one for the other call");
    let _second = pool.open_http1().await;
    for call in calls {
        assert!(!taken(call).await.is_reused());
    }
}

#[tokio::test]
async fn a_waiting_call_does_not_depend_on_the_attempt_of_a_dropped_one() {
    let pool = Pool::new();
    let dropped = pool.call().await;
    let next = pool.call().await;
    assert_eq!(pool.attempts(), 1);
    abort(dropped).await;
    settle().await;
    assert_eq!(pool.attempts(), 2);
    pool.fail().await;
    assert!(!next.is_finished());
    let _server = pool.open_http1().await;
    assert!(!taken(next).await.is_reused());
}

#[tokio::test]
async fn over_http1_an_attempt_that_fails_fails_only_its_own_call() {
    let pool = Pool::over_http1().await;
    let (one, other) = (pool.call().await, pool.call().await);
    assert_eq!(pool.attempts(), 2);
    pool.fail().await;
    assert_failed(one).await;
    assert!(!other.is_finished());
    let _server = pool.open_http1().await;
    assert!(!taken(other).await.is_reused());
}

#[tokio::test]
async fn a_connection_that_was_opened_for_another_call_may_be_closed() {
    let pool = Pool::over_http1().await;
    let dropped = pool.call().await;
    let next = pool.call().await;
    abort(dropped).await;
    // The server closes the connection at once, before the next call has taken it.
    let (stream, _) = Stream::in_memory(false);
    pool.end_attempt(Ok(stream)).await;
    assert!(!next.is_finished());
    let _server = pool.open_http1().await;
    assert!(taken(next).await.is_reused());
}

#[test]
fn a_connection_that_was_just_opened_for_another_call_is_used() {
    let runtime = Builder::new_current_thread().enable_all().event_interval(1).build().unwrap();
    runtime.block_on(async {
        let pool = Pool::over_http1().await;
        abort(pool.call().await).await;
        let mut next = pin!(pool.pool.acquire());
        // It is polled after each task that runs, and so before that of the new connection.
        let mut poll_next = || next.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll_next().is_pending());
        settle().await;
        assert_eq!(pool.attempts(), 2);
        let (stream, _server) = Stream::over_tcp().await;
        pool.send_outcome(Ok(stream));
        let connection = loop {
            match poll_next() {
                Poll::Ready(connection) => break connection.unwrap(),
                Poll::Pending => yield_now().await,
            }
        };
        assert!(connection.is_reused());
        assert_eq!(pool.attempts(), 1, "its own");
    });
}

#[tokio::test]
async fn over_http2_there_is_one_attempt_at_a_time() {
    let (pool, _server) = Pool::over_http2().await;
    let _connection = taken(pool.call().await).await;
    let calls = [pool.call().await, pool.call().await];
    assert_eq!(pool.attempts(), 1);
    let _second = pool.open_http2().await;
    assert_eq!(pool.attempts(), 1, "one for the other call");
    let _third = pool.open_http2().await;
    for call in calls {
        drop(taken(call).await);
    }
}

#[tokio::test]
async fn over_http2_an_attempt_that_failed_earlier_does_not_count_as_one_under_way() {
    let pool = Pool::new();
    let failed = pool.call().await;
    pool.fail().await;
    assert_failed(failed).await;
    let call = pool.call().await;
    let _server = pool.open_http2().await;
    let _connection = taken(call).await;
    let _waiting = pool.call().await;
    assert_eq!(pool.attempts(), 1);
}

#[tokio::test]
async fn over_http2_a_connection_that_is_not_needed_any_more_is_closed() {
    let (pool, mut first) = Pool::over_http2().await;
    for _ in 0..2 {
        let connection = taken(pool.call().await).await;
        let waiting = pool.call().await;
        assert_eq!(pool.attempts(), 1);
        // The call gets the stream that comes free.
        drop(connection);
        settle().await;
        let connection = taken(waiting).await;
        // The attempt goes on, and counts for the next call.
        let next = pool.call().await;
        assert_eq!(pool.attempts(), 1);
        drop(connection);
        settle().await;
        drop(taken(next).await);
        assert_eq!(pool.attempts(), 1);
        let mut second = pool.open_http2().await;
        assert!(is_closed(&mut second).await);
        assert!(!is_closed(&mut first).await);
    }
}

#[tokio::test]
async fn over_http2_an_attempt_that_fails_is_not_repeated_for_its_call() {
    let (pool, _server) = Pool::over_http2().await;
    let connection = taken(pool.call().await).await;
    let (one, other) = (pool.call().await, pool.call().await);
    pool.fail().await;
    assert_eq!(pool.attempts(), 1, "one for the other call");
    pool.fail().await;
    assert_eq!(pool.attempts(), 0);
    // The calls wait for the stream, one after the other.
    drop(connection);
    settle().await;
    drop(taken(one).await);
    settle().await;
    taken(other).await;
}

#[tokio::test]
async fn a_connection_without_streams_is_retired_by_the_call_that_waited_longest() {
    let (pool, mut server) = Pool::over_http2().await;
    allow_streams(&mut server, 0).await;
    let calls = [pool.call().await, pool.call().await, pool.call().await];
    let [first, second, third] = calls;
    abort(second).await;
    settle().await;
    assert_eq!(pool.attempts(), 0, "the server may still allow a stream to the first call");
    assert!(!is_closed(&mut server).await);
    abort(first).await;
    assert!(is_closed(&mut server).await);
    assert_eq!(pool.attempts(), 1);
    let _second_server = pool.open_http2().await;
    taken(third).await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_four_seconds() {
    for is_http2 in [false, true] {
        let pool = Pool::new();
        abort(pool.call().await).await;
        let server = if is_http2 { pool.open_http2().await } else { pool.open_http1().await };
        assert_eq!(idle_time(server).await.as_secs(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_not_idle() {
    let (pool, mut server) = Pool::over_http2().await;
    let connection = taken(pool.call().await).await;
    // It is looked at when it would be too old. Later, pings would end it.
    advance(4 * SECOND).await;
    assert!(!is_closed(&mut server).await);
    drop(connection);
    assert_eq!(idle_time(server).await.as_secs(), 4);
}

#[tokio::test]
async fn a_connection_that_is_still_writing_is_not_for_the_next_call() {
    let pool = Pool::new();
    let call = pool.call().await;
    let mut server = pool.open_http1().await;
    let mut connection = taken(call).await;
    let request = full_request(HttpRequest::new(Body::from(vec![0; 150 * 1024])));
    // The server responds early, and reads no more.
    let respond = async {
        server.read_u8().await.unwrap();
        let response = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n";
        server.write_all(response).await.unwrap();
    };
    let (result, ()) = tokio::join!(connection.exchange(request, 100), respond);
    assert!(result.is_ok());
    pool.pool.put_back(connection);
    let _next = pool.call().await;
    assert_eq!(pool.attempts(), 1);
}
