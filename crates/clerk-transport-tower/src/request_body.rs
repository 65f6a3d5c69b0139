use std::{
    convert::Infallible,
    fmt, mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use clerk_core::{Attempt, HttpRequest, SendProgress, Sent, bytes::Bytes, http::Request};
use http_body::{Body, Frame, SizeHint};

/// The body of a request as a service receives it: complete, in a single frame.
///
/// It notices when a service begins to read it, because no byte of a request leaves before that: an
/// HTTP client asks for the end of the body before it writes even the head.
///
/// It is not [`Clone`], so that no layer can send a request twice: leave retries to the core, which
/// knows what is safe.
///
/// # Examples
///
/// A policy that clones requests cannot retry them:
///
/// ```compile_fail,E0277
/// use clerk_transport_tower::TowerTransport;
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use tower::retry::{Policy, Retry};
///
/// #[derive(Clone)]
/// struct Twice;
///
/// impl<Req: Clone, Res, E> Policy<Req, Res, E> for Twice {
///     type Future = std::future::Ready<()>;
///
///     fn retry(&mut self, _: &mut Req, result: &mut Result<Res, E>) -> Option<Self::Future> {
///         result.is_err().then(|| std::future::ready(()))
///     }
///
///     fn clone_request(&mut self, request: &Req) -> Option<Req> {
///         Some(request.clone())
///     }
/// }
///
/// let client = Client::builder(TokioExecutor::new()).build_http();
/// TowerTransport::new(Retry::new(Twice, client));
/// ```
pub struct RequestBody(Arc<Shared>);

/// The transport's view of a body that a service owns.
pub(crate) struct BodyWatch(Arc<Shared>);

/// Behind one pointer, because clients move a request dozens of times.
struct Shared {
    bytes: Mutex<Bytes>,
    attempt: Option<Attempt>,
    progress: SendProgress,
}

impl RequestBody {
    /// Replaces the body of a request, which counts as not written from now on.
    #[inline]
    pub(crate) fn replace(mut request: HttpRequest) -> (Request<Self>, BodyWatch) {
        let attempt = Attempt::of(&request).cloned();
        let progress = SendProgress::of(&request);
        progress.mark_not_written();
        let bytes = Mutex::new(mem::take(request.body_mut()).into_bytes());
        let shared = Arc::new(Shared { bytes, attempt, progress });
        (request.map(|_| Self(Arc::clone(&shared))), BodyWatch(shared))
    }

    /// Returns the attempt that the request belongs to, for a layer that names the operation.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.0.attempt.as_ref()
    }

    /// Returns what was not read yet.
    fn bytes(&self) -> MutexGuard<'_, Bytes> {
        self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.progress.mark_written();
        let bytes = mem::take(&mut *self.bytes());
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        // Of an empty body, nobody reads a frame.
        self.0.progress.mark_written();
        self.bytes().is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes().len() as u64)
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes)", self.bytes().len())
    }
}

impl BodyWatch {
    /// Returns whether the request may have been sent.
    pub(crate) fn sent(&self) -> Sent {
        self.0.progress.sent()
    }

    /// Marks the request as possibly written, if its body is gone.
    ///
    /// A service that works on without a body that it never read has no need of it: it may send
    /// the request all the same.
    pub(crate) fn mark_if_dropped(&self) {
        if Arc::strong_count(&self.0) == 1 {
            self.mark_written();
        }
    }

    /// Marks the request as written: there is a response.
    pub(crate) fn mark_written(&self) {
        self.0.progress.mark_written();
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::{Attempt, Body as _, BodyWatch, HttpRequest, Request, RequestBody, Sent};

    fn replaced(bytes: &'static str) -> (Request<RequestBody>, BodyWatch) {
        let mut request = HttpRequest::new(bytes.into());
        Attempt::new("operation", 1, None).attach(&mut request);
        RequestBody::replace(request)
    }

    #[tokio::test]
    async fn the_bytes_arrive_in_one_frame() {
        let (request, watch) = replaced("canary");
        assert_eq!(format!("{:?}", request.body()), "RequestBody(6 bytes)");
        assert_eq!(request.body().attempt().unwrap().operation(), "operation");
        assert_eq!((request.body().size_hint().exact(), watch.sent()), (Some(6), Sent::No));
        let mut body = request.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "canary");
        assert!(body.frame().await.is_none());
        assert_eq!(watch.sent(), Sent::Maybe);
    }

    #[test]
    fn asking_for_the_end_counts_as_reading() {
        for (bytes, is_end) in [("", true), ("x", false)] {
            let (request, watch) = replaced(bytes);
            assert_eq!(watch.sent(), Sent::No);
            assert_eq!(request.body().is_end_stream(), is_end);
            assert_eq!(watch.sent(), Sent::Maybe);
        }
    }

    #[test]
    fn a_body_that_is_gone_may_have_been_sent() {
        let (request, watch) = replaced("x");
        watch.mark_if_dropped();
        assert_eq!(watch.sent(), Sent::No);
        drop(request);
        watch.mark_if_dropped();
        assert_eq!(watch.sent(), Sent::Maybe);
    }
}
