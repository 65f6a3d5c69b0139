use std::{future::poll_fn, pin::pin};

use clerk_core::{
    TransportError, TransportErrorKind,
    bytes::{Buf as _, BufMut as _, Bytes},
};
use http_body::Body;

use crate::{cause::BoxError, classify::body_failed};

/// Collects a body, up to `max_bytes`, without a copy if it comes in one piece, as nearly all do.
pub(crate) async fn collect_limited<B>(body: B, max_bytes: usize) -> Result<Bytes, TransportError>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let (mut first, mut rest) = (Bytes::new(), Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|error| body_failed(error.into()))?;
        // A frame that is not data holds trailers, which have no use here.
        let Ok(mut data) = frame.into_data() else { continue };
        if data.remaining() > max_bytes.saturating_sub(first.len() + rest.len()) {
            let cause = format!("limit of {max_bytes} bytes exceeded");
            return Err(TransportError::new(TransportErrorKind::TooLarge, cause));
        }
        if first.is_empty() {
            first = data.copy_to_bytes(data.remaining());
        } else {
            rest.put(data);
        }
    }
    Ok(if rest.is_empty() { first } else { [&first[..], &rest].concat().into() })
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    use clerk_core::http::HeaderMap;
    use http_body::Frame;
    use http_body_util::Full;

    use super::{Body, Bytes, TransportErrorKind, collect_limited};

    /// A body that arrives in pieces, of which one may stand for trailers.
    struct Pieces(Vec<&'static str>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let frame = |piece| match piece {
                "trailers" => Frame::trailers(HeaderMap::new()),
                data => Frame::data(Bytes::from_static(data.as_bytes())),
            };
            Poll::Ready((!self.0.is_empty()).then(|| Ok(frame(self.0.remove(0)))))
        }
    }

    #[tokio::test]
    async fn a_body_of_one_piece_is_not_copied() {
        let bytes = Bytes::from_static(b"abc");
        let collected = collect_limited(Full::new(bytes.clone()), 3).await.unwrap();
        assert_eq!((&collected, collected.as_ptr()), (&bytes, bytes.as_ptr()));
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        for pieces in [&["", "12345"][..], &["12", "", "345"], &["1", "2", "345", "trailers"]] {
            let collect = |max_bytes| collect_limited(Pieces(pieces.to_vec()), max_bytes);
            assert_eq!(collect(5).await.unwrap(), "12345");
            assert_eq!(collect(4).await.unwrap_err().kind(), TransportErrorKind::TooLarge);
        }
    }
}
