use std::mem;

use clerk_core::{
    HttpResponse,
    http::{Request, Response},
};
use h2::RecvStream;

use super::{
    connection::Http2,
    errors::{handed_back, no_response, not_sent},
    response::read_response,
    streams::Streams,
};
use crate::exchange::{request::FullRequest, request_body::RequestBody, send_error::SendError};

/// The right of one call to one stream of a connection.
///
/// h2 gets nothing of a call that waits for a slot, so nothing of it can be sent once it is
/// dropped.
pub(crate) struct Slot {
    http2: Http2,
    /// Counts the streams of the connection, from 1.
    number: u64,
}

impl Slot {
    /// Reserves a stream, unless the connection is retired or all that the server allows are taken.
    pub(crate) fn reserve(http2: &Http2) -> Option<Self> {
        let number = http2.streams.open(http2.limit())?;
        Some(Self { http2: http2.clone(), number })
    }

    /// Returns `true` if the connection has never been used before.
    pub(crate) fn is_first(&self) -> bool {
        self.number == 1
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.http2.is_quiet()
    }

    /// Returns `true` if the stream can be opened now. The server may have ended the connection or
    /// lowered the limit since it was reserved.
    pub(crate) fn is_ready(&mut self) -> bool {
        self.http2.is_usable() && self.http2.streams.count() <= self.http2.limit()
    }

    /// Sends a request and reads the response, up to `max_bytes` of its body.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future resets the stream, and discards what h2 has not passed to the connection
    /// yet. If there was no response, the connection is retired, since it may be one on which there
    /// will never be any.
    pub(crate) async fn exchange(
        &mut self,
        request: FullRequest,
        max_bytes: usize,
    ) -> Result<HttpResponse, SendError> {
        let response = self.send(request).await?;
        read_response(response, max_bytes, &self.http2.streams).await.map_err(SendError::Failed)
    }

    async fn send(&mut self, request: FullRequest) -> Result<Response<RecvStream>, SendError> {
        if let Some(error) = self.http2.closed() {
            return Err(SendError::HandedBack(Box::new(request), handed_back(error)));
        }
        let Http2 { sender, streams, .. } = &mut self.http2;
        let (head, RequestBody(body)) = request.into_parts();
        let sent = sender.send_request(Request::from_parts(head, ()), body.is_empty());
        let (response, mut stream) = sent.map_err(|error| SendError::Failed(not_sent(error)))?;
        if !body.is_empty() {
            // If the server has ended the stream already, the response says why.
            let _ended = stream.send_data(body, true);
        }
        drop(stream);
        let retire_on_drop = RetireOnDrop(streams);
        let result = response.await;
        mem::forget(retire_on_drop);
        let response = result.map_err(|error| SendError::Failed(no_response(error, streams)))?;
        streams.record_response();
        Ok(response)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.http2.streams.close();
    }
}

/// Retires a connection if a call is dropped before its response begins.
struct RetireOnDrop<'a>(&'a Streams);

impl Drop for RetireOnDrop<'_> {
    fn drop(&mut self) {
        self.0.retire();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        error::Error as _,
        pin::pin,
        task::{Context, Waker},
    };

    use clerk_core::{HttpRequest, Sent, TransportErrorKind, bytes::Bytes, http::Uri};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::{FullRequest, Http2, SendError, Slot};
    use crate::{connector::settle, exchange::full_request};

    fn request() -> FullRequest {
        let mut request = full_request(HttpRequest::default());
        Http2::set_target(&mut request, &Uri::from_static("https://api.example.com/v1"));
        request
    }

    #[tokio::test]
    async fn a_slot_of_a_connection_that_is_retired_is_not_ready() {
        let (http2, _server) = Http2::in_memory().await;
        let mut slot = Slot::reserve(&http2).unwrap();
        assert!(slot.is_first() && slot.is_ready());
        drop(slot);
        let mut slot = Slot::reserve(&http2).unwrap();
        assert!(!slot.is_first() && slot.is_ready());
        http2.retire();
        assert!(!slot.is_ready());
    }

    #[tokio::test]
    async fn a_call_dropped_before_its_response_begins_retires_the_connection() {
        // SETTINGS, and a head with the status 200.
        let frames = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88];
        for (frames, is_usable) in [(&frames[..9], false), (&frames, true)] {
            let (mut http2, mut server) = Http2::in_memory().await;
            {
                let mut slot = Slot::reserve(&http2).unwrap();
                let mut exchange = pin!(slot.exchange(request(), 100));
                let mut poll = || {
                    let poll = exchange.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                    assert!(poll.is_pending());
                };
                poll();
                settle().await;
                server.write_all(frames).await.unwrap();
                settle().await;
                poll();
            }
            settle().await;
            assert_eq!(http2.is_usable(), is_usable);
        }
    }

    #[tokio::test]
    async fn a_connection_ends_with_its_last_slot_and_says_so() {
        let (http2, mut server) = Http2::in_memory().await;
        {
            let mut slot = Slot::reserve(&http2).unwrap();
            drop(http2);
            let mut exchange = pin!(slot.exchange(request(), 100));
            let poll = exchange.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending());
            settle().await;
        }
        settle().await;
        let mut read = Vec::new();
        server.read_to_end(&mut read).await.unwrap();
        // RST_STREAM with CANCEL, and GOAWAY with NO_ERROR.
        let expected = [
            &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8][..],
            &[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert!(read.ends_with(&expected.concat()), "{read:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_does_not_respond_to_a_ping_has_timed_out() {
        let (http2, _server) = Http2::in_memory().await;
        let mut slot = Slot::reserve(&http2).unwrap();
        let result = slot.exchange(request(), 100).await;
        let Err(SendError::Failed(error)) = result else { panic!("it did not fail") };
        assert_eq!((error.kind(), error.sent()), (TransportErrorKind::Timeout, Sent::Maybe));
        assert_eq!(error.source().unwrap().to_string(), "no response to a ping");
    }

    #[tokio::test]
    async fn a_cause_leaves_out_what_a_server_added() {
        // SETTINGS, and a GOAWAY with INTERNAL_ERROR or a reset with CANCEL.
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let go_away = [0, 0, 14, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        let reset = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8];
        for (frame, expected) in [
            ([&go_away[..], b"canary"].concat(), "connection error: unexpected internal error"),
            (reset.to_vec(), "stream error received: stream no longer needed"),
        ] {
            let (http2, mut server) = Http2::in_memory().await;
            let mut slot = Slot::reserve(&http2).unwrap();
            let fail = async {
                settle().await;
                server.write_all(&[&settings[..], &frame].concat()).await.unwrap();
            };
            let (result, ()) = tokio::join!(slot.exchange(request(), 100), fail);
            let Err(SendError::Failed(error)) = result else { panic!("it did not fail") };
            let cause = error.source().unwrap().to_string();
            assert!(cause.starts_with(expected), "{cause}");
            assert!(!format!("{cause} {error:?}").contains("canary"), "{error:?}");
        }
    }

    /// Returns the outcome of an exchange to which the server responds with a head of these bytes
    /// and a body in these pieces. The limit is ten bytes.
    async fn response(head: &[u8], pieces: &[&str]) -> Result<Bytes, TransportErrorKind> {
        let (http2, mut server) = Http2::in_memory().await;
        let mut slot = Slot::reserve(&http2).unwrap();
        let mut frames = vec![0, 0, 0, 4, 0, 0, 0, 0, 0];
        frames.extend([0, 0, u8::try_from(head.len()).unwrap(), 1, 4, 0, 0, 0, 1]);
        frames.extend(head);
        for (index, piece) in pieces.iter().enumerate() {
            let end_stream = u8::from(index + 1 == pieces.len());
            let length = u8::try_from(piece.len()).unwrap();
            frames.extend([0, 0, length, 0, end_stream, 0, 0, 0, 1]);
            frames.extend(piece.bytes());
        }
        let respond = async {
            settle().await;
            server.write_all(&frames).await.unwrap();
        };
        match tokio::join!(slot.exchange(request(), 10), respond).0 {
            Ok(response) => Ok(response.into_body().into_bytes()),
            Err(SendError::Failed(error)) => Err(error.kind()),
            Err(SendError::HandedBack(..)) => panic!("it was handed back"),
        }
    }

    #[tokio::test]
    async fn the_limit_counts_all_pieces_of_a_body() {
        for (pieces, body) in [
            (&["0123456789"][..], Some("0123456789")),
            (&["01234", "56789"], Some("0123456789")),
            (&["0123", "", "456", "789"], Some("0123456789")),
            (&["01234567890"], None),
            (&["01234", "567890"], None),
            (&["0123", "456", "7890"], None),
        ] {
            let response = response(&[0x88], pieces).await;
            let expected = body.map(Bytes::from).ok_or(TransportErrorKind::TooLarge);
            assert_eq!(response, expected, "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_longer_than_promised_is_not_incomplete() {
        let head = [0x88, 0x0f, 0x0d, 1, b'2'];
        assert_eq!(response(&head, &["{}"]).await.unwrap(), "{}");
        assert_eq!(response(&head, &["{", ""]).await, Err(TransportErrorKind::Incomplete));
        assert_eq!(response(&head, &["{}", "x"]).await, Err(TransportErrorKind::Other));
    }
}
