use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a response, complete or cut short.
#[derive(Debug)]
pub(crate) struct ResponseBody {
    chunk: Bytes,
    /// The bytes that `Content-Length` announces and that have not been sent yet.
    announced: usize,
    end: End,
}

#[derive(Debug, PartialEq)]
enum End {
    Complete,
    /// Cut short, with the bytes sent so far still in hyper's buffer.
    CutUnflushed,
    Cut,
}

/// The error that makes hyper close the connection, or reset the stream, in the middle of a body.
#[derive(Debug, thiserror::Error)]
#[error("response cut short on purpose")]
pub(crate) struct ResponseCut;

impl ResponseBody {
    pub(crate) fn complete(body: Bytes) -> Self {
        Self { announced: body.len(), chunk: body, end: End::Complete }
    }

    /// Returns a body that ends after `bytes` bytes, and always at least one byte early.
    pub(crate) fn cut(body: Bytes, bytes: usize) -> Self {
        let announced = body.len().max(1);
        let mut chunk = body;
        chunk.truncate(bytes.min(announced - 1));
        Self { chunk, announced, end: End::CutUnflushed }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ResponseCut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseCut>>> {
        if !self.chunk.is_empty() {
            let chunk = std::mem::take(&mut self.chunk);
            self.announced -= chunk.len();
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.end {
            End::Complete => Poll::Ready(None),
            End::CutUnflushed => {
                // hyper flushes its buffer when the body is pending, and discards it when the body
                // fails. Failing at once would lose the head and all bytes sent so far.
                self.end = End::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Cut => Poll::Ready(Some(Err(ResponseCut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Complete && self.chunk.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.announced).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn next(body: &mut ResponseBody) -> Poll<Option<Result<Frame<Bytes>, ResponseCut>>> {
        Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_complete_body_sends_what_it_announces() {
        let mut body = ResponseBody::complete(Bytes::from_static(b"abc"));
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(3), false));
        let Poll::Ready(Some(Ok(frame))) = next(&mut body) else { panic!("no frame") };
        assert_eq!(frame.into_data().unwrap(), "abc");
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
        assert!(matches!(next(&mut body), Poll::Ready(None)));
    }

    #[test]
    fn a_cut_body_sends_less_than_it_announces() {
        let mut body = ResponseBody::cut(Bytes::from_static(b"abc"), 5);
        assert_eq!(body.size_hint().exact(), Some(3));
        let Poll::Ready(Some(Ok(frame))) = next(&mut body) else { panic!("no frame") };
        assert_eq!(frame.into_data().unwrap(), "ab");
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(1), false));
        assert!(next(&mut body).is_pending());
        assert!(matches!(next(&mut body), Poll::Ready(Some(Err(ResponseCut)))));
    }
}
