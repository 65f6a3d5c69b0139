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
