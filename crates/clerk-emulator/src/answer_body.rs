//! A response body that can break off.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The bytes of an answer; possibly fewer than it announces.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    chunk: Bytes,
    /// What `Content-Length` says, less what has been sent.
    announced: usize,
    end: End,
}

#[derive(Debug, PartialEq)]
enum End {
    Proper,
    /// About to break off; what was sent so far is still in hyper's buffer.
    CutUnflushed,
    Cut,
}

/// The answer was to be cut here.
#[derive(Debug, thiserror::Error)]
#[error("the answer was cut on purpose")]
pub(crate) struct AnswerCut;

impl AnswerBody {
    pub(crate) fn whole(body: Bytes) -> Self {
        Self { announced: body.len(), chunk: body, end: End::Proper }
    }

    /// At least one byte stays behind, or else nothing would be cut.
    pub(crate) fn cut(body: Bytes, after: usize) -> Self {
        let announced = body.len().max(1);
        let mut chunk = body;
        chunk.truncate(after.min(announced - 1));
        Self { chunk, announced, end: End::CutUnflushed }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerCut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        if !self.chunk.is_empty() {
            let chunk = std::mem::take(&mut self.chunk);
            self.announced -= chunk.len();
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.end {
            End::Proper => Poll::Ready(None),
            End::CutUnflushed => {
                // hyper writes its buffer out when the body has nothing to give, and throws it away
                // when the body fails: without this pause the client would see no
                // answer at all.
                self.end = End::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Cut => Poll::Ready(Some(Err(AnswerCut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Proper && self.chunk.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.announced).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn next(body: &mut AnswerBody) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_body_counts_down_what_it_announced() {
        let mut body = AnswerBody::whole(Bytes::from_static(b"abc"));
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(3), false));
        let Poll::Ready(Some(Ok(frame))) = next(&mut body) else { panic!("it has a frame") };
        assert_eq!(frame.into_data().unwrap(), "abc");
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
        assert!(matches!(next(&mut body), Poll::Ready(None)));
    }

    #[test]
    fn a_cut_body_announces_more_than_it_has() {
        let mut body = AnswerBody::cut(Bytes::from_static(b"abc"), 5);
        assert_eq!(body.size_hint().exact(), Some(3));
        let Poll::Ready(Some(Ok(frame))) = next(&mut body) else { panic!("it has a frame") };
        assert_eq!(frame.into_data().unwrap(), "ab");
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(1), false));
        assert!(next(&mut body).is_pending());
        assert!(matches!(next(&mut body), Poll::Ready(Some(Err(AnswerCut)))));
    }
}
