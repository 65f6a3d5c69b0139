use std::{
    convert::Infallible,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use clerk_core::bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a request, in one piece.
pub(crate) struct RequestBody(pub(super) Bytes);

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.0.len()).unwrap_or(u64::MAX))
    }
}
