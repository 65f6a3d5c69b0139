use std::{
    mem,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use clerk_core::{
    bytes::Bytes,
    http::{HeaderName, Uri, Version, header},
};
use h2::client::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use super::{driver::drive, streams::Streams};
use crate::{
    connector::{Probe, Stream},
    exchange::request::FullRequest,
};

/// What h2 reports as the server's limit of streams until the server has stated one.
const UNKNOWN_LIMIT: usize = usize::MAX - 1;

/// More than any gateway sends. Beyond it, only the stream of that response fails.
const MAX_HEADER_LIST_SIZE: u32 = 256 * 1024;

/// The bytes that a server may send ahead on a stream. A response within the default limit fits.
const STREAM_WINDOW: u32 = 1024 * 1024;
/// The same for all streams together, so that a call that does not read holds up no other.
const CONNECTION_WINDOW: u32 = 4 * STREAM_WINDOW;

/// How long a connection may wait for its first use, whatever the idle timeout is.
const FIRST_USE: Duration = Duration::from_secs(1);

/// The connection-specific headers, which HTTP/2 forbids, and `Host`, which it replaces.
const HTTP1_HEADERS: [HeaderName; 7] = [
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// A handle on an HTTP/2 connection, which carries many exchanges at a time.
///
/// The connection closes when its last handle is dropped, or earlier if it is retired.
#[derive(Clone)]
pub(crate) struct Http2 {
    // Dropped before the other field, whose end is the end of the connection's task: h2 closes a
    // connection properly once no sender is left.
    pub(super) sender: SendRequest<Bytes>,
    pub(super) streams: Arc<Streams>,
    probe: Option<Probe>,
}

impl Http2 {
    /// Starts HTTP/2 on a stream. A spawned task drives the connection until it closes.
    ///
    /// `vacancy` is notified when a call that waits for a stream should look again.
    pub(crate) async fn handshake(stream: Stream, vacancy: Arc<Notify>) -> Result<Self, h2::Error> {
        let probe = stream.probe();
        let (sender, connection) = Builder::new()
            .enable_push(false)
            .initial_max_send_streams(UNKNOWN_LIMIT)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(MAX_HEADER_LIST_SIZE)
            .handshake(TokioIo::new(stream))
            .await?;
        let (streams, end_of_use) = Streams::new(Arc::clone(&vacancy));
        let streams = Arc::new(streams);
        tokio::spawn(drive(connection, Arc::downgrade(&streams), end_of_use, vacancy));
        Ok(Self { sender, streams, probe })
    }

    /// Returns `true` if further calls may use the connection, now or when a stream comes free.
    pub(crate) fn is_usable(&mut self) -> bool {
        !self.streams.is_retired() && !self.is_closed()
    }

    /// Returns how much longer the connection may be idle, or `None` if it is in use.
    pub(crate) fn remaining_idle_time(&self, limit: Duration) -> Option<Duration> {
        // A limit of zero disables reuse, but the first use takes a moment.
        let limit = if self.streams.are_unused() { limit.max(FIRST_USE) } else { limit };
        self.streams.idle_since().map(|since| limit.saturating_sub(since.elapsed()))
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.probe.as_ref().is_some_and(Probe::is_quiet)
    }

    pub(crate) fn is_closed(&mut self) -> bool {
        self.closed().is_some()
    }

    /// Returns `true` if the server allows no more streams than are open, and at least one.
    pub(crate) fn is_full(&self) -> bool {
        let limit = self.sender.current_max_send_streams();
        limit > 0 && self.streams.count() >= limit
    }

    /// Returns `true` if the server allows no streams at all.
    pub(crate) fn is_blocked(&self) -> bool {
        self.limit() == 0
    }

    /// Keeps further calls off the connection. Those already on it may finish.
    pub(crate) fn retire(&self) {
        self.streams.retire();
    }

    /// Sets the whole URI as the target, from which h2 derives the pseudo-headers.
    pub(crate) fn set_target(request: &mut FullRequest, origin: &Uri) {
        let mut target = mem::take(request.uri_mut()).into_parts();
        target.scheme = origin.scheme().cloned();
        target.authority = origin.authority().cloned();
        // Without a target, h2 would refuse the request.
        *request.uri_mut() = Uri::from_parts(target).unwrap_or_default();
        for name in HTTP1_HEADERS {
            request.headers_mut().remove(name);
        }
        *request.version_mut() = Version::HTTP_2;
    }

    /// Returns how many streams may be open at a time.
    pub(super) fn limit(&self) -> usize {
        match self.sender.current_max_send_streams() {
            // The first call need not wait for the server's SETTINGS. All others do, since one
            // stream too many might fail in a way that leaves its fate open.
            UNKNOWN_LIMIT => 1,
            limit => limit,
        }
    }

    /// Returns the reason why no more streams can be opened, if there is one.
    pub(super) fn closed(&mut self) -> Option<h2::Error> {
        match self.sender.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
impl Http2 {
    /// Opens a connection in memory, and returns the server's side of it.
    pub(crate) async fn in_memory() -> (Self, tokio::io::DuplexStream) {
        let (stream, server) = Stream::in_memory(true);
        (Self::handshake(stream, Arc::default()).await.unwrap(), server)
    }
}

#[cfg(test)]
mod tests {
    use clerk_core::{HttpRequest, http::HeaderValue};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
        time::advance,
    };

    use super::{Duration, HTTP1_HEADERS, Http2, Uri, Version, header};
    use crate::{
        connector::settle,
        exchange::{Slot, full_request},
    };

    const SECOND: Duration = Duration::from_secs(1);

    /// SETTINGS that set nothing.
    const EMPTY_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// Has the client read these frames.
    async fn write(server: &mut DuplexStream, frames: &[u8]) {
        server.write_all(frames).await.unwrap();
        settle().await;
    }

    async fn allow_streams(server: &mut DuplexStream, count: u8) {
        write(server, &[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, count]).await;
    }

    #[tokio::test]
    async fn a_connection_states_its_limits_at_once() {
        let (_http2, mut server) = Http2::in_memory().await;
        settle().await;
        let mut read = [0; 100];
        let length = server.read(&mut read).await.unwrap();
        let expected = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(),
            &[0, 0, 18, 4, 0, 0, 0, 0, 0],
            // No push, one megabyte for a stream, and 256 KiB for a head.
            &[0, 2, 0, 0, 0, 0, 0, 4, 0, 0x10, 0, 0, 0, 6, 0, 4, 0, 0],
            // Four megabytes for the connection, of which it has 65,535 bytes already.
            &[0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0x3f, 0, 1],
        ];
        assert_eq!(read[..length], expected.concat());
    }

    #[tokio::test]
    async fn there_is_one_stream_until_the_server_states_a_limit() {
        let (http2, mut server) = Http2::in_memory().await;
        let mut slot = Slot::reserve(&http2).unwrap();
        assert!(Slot::reserve(&http2).is_none());
        assert!(!http2.is_full() && !http2.is_blocked());
        allow_streams(&mut server, 2).await;
        assert!(!http2.is_full() && !http2.is_blocked());
        let mut other = Slot::reserve(&http2).unwrap();
        assert!(Slot::reserve(&http2).is_none());
        assert!(http2.is_full() && !http2.is_blocked());
        assert!(slot.is_ready() && other.is_ready());
        allow_streams(&mut server, 1).await;
        assert!(http2.is_full() && !http2.is_blocked());
        assert!(!slot.is_ready() && !other.is_ready());
        allow_streams(&mut server, 0).await;
        drop((slot, other));
        assert!(Slot::reserve(&http2).is_none());
        assert!(!http2.is_full() && http2.is_blocked());
    }

    #[tokio::test]
    async fn a_server_that_states_no_limit_allows_any_number_of_streams() {
        let (http2, mut server) = Http2::in_memory().await;
        write(&mut server, EMPTY_SETTINGS).await;
        let slots: Vec<_> = (0..1000).map_while(|_| Slot::reserve(&http2)).collect();
        assert!(slots.len() == 1000 && !http2.is_full() && !http2.is_blocked());
    }

    #[tokio::test]
    async fn a_connection_that_is_retired_or_closed_is_not_usable() {
        let (mut http2, _server) = Http2::in_memory().await;
        assert!(http2.is_usable() && !http2.is_closed());
        http2.retire();
        assert!(!http2.is_usable() && !http2.is_closed());
        assert!(Slot::reserve(&http2).is_none());

        let (mut http2, server) = Http2::in_memory().await;
        drop(server);
        settle().await;
        assert!(!http2.is_usable() && http2.is_closed());
    }

    #[tokio::test(start_paused = true)]
    async fn the_idle_time_counts_from_the_last_use() {
        let (http2, _server) = Http2::in_memory().await;
        assert_eq!(http2.remaining_idle_time(4 * SECOND), Some(4 * SECOND));
        assert_eq!(http2.remaining_idle_time(Duration::ZERO), Some(SECOND), "for the first use");
        advance(SECOND).await;
        assert_eq!(http2.remaining_idle_time(4 * SECOND), Some(3 * SECOND));
        let slot = Slot::reserve(&http2);
        assert_eq!(http2.remaining_idle_time(4 * SECOND), None);
        advance(SECOND).await;
        drop(slot);
        assert_eq!(http2.remaining_idle_time(4 * SECOND), Some(4 * SECOND));
        assert_eq!(http2.remaining_idle_time(Duration::ZERO), Some(Duration::ZERO));
    }

    #[test]
    fn a_target_is_the_whole_uri_and_http1_headers_are_removed() {
        let mut request = full_request(HttpRequest::default());
        *request.uri_mut() = Uri::from_static("/v1/actor_tokens?x");
        for name in HTTP1_HEADERS {
            request.headers_mut().insert(name, HeaderValue::from_static("x"));
        }
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("x"));
        Http2::set_target(&mut request, &Uri::from_static("https://api.example.com:8443/"));
        assert_eq!(request.uri(), "https://api.example.com:8443/v1/actor_tokens?x");
        assert_eq!(request.version(), Version::HTTP_2);
        assert!(request.headers().keys().eq([header::ACCEPT]), "{:?}", request.headers());
    }
}
