use std::{
    collections::VecDeque,
    fmt,
    future::pending,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, SendProgress, Timer, TransportError,
    TransportErrorKind, async_trait,
};

use crate::{
    fault::{Fault, FaultKind, Timing},
    reply,
};

/// A transport that wraps another one and injects faults where a test asks for them.
///
/// It wraps any transport: a [`MockHttpTransport`](crate::MockHttpTransport), or a real adapter
/// that talks to an emulator. Each injected [`Fault`] fires on one request, in the order of
/// injection; all other requests are forwarded unchanged. Clones share everything, so a test can
/// keep one while [`ActorTokens`](clerk_core::ActorTokens) owns another.
///
/// # Examples
///
/// ```
/// use clerk_core::{ActorTokens, SecretKey, TransportErrorKind};
/// use clerk_transport_mock::{
///     Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled,
/// };
///
/// let mut clerk = MockHttpTransport::new();
/// clerk.expect_send().returning(|request| reply::clerk(&request));
/// let timer = ManualTimer::auto();
/// let transport = FaultyTransport::new(clerk, timer.clone());
/// let actor_tokens = ActorTokens::builder(transport.clone(), SecretKey::new("sk_test_abc")?)
///     .timer(timer)
///     .build()?;
///
/// // The response to the first revoke is lost, so the revoke is sent again, which does no harm.
/// transport.inject(Fault::fail(TransportErrorKind::Io).after_effect());
/// run_until_stalled(actor_tokens.revoke(&"act_1".parse()?)).expect("time jumps")?;
/// assert_eq!((transport.fired(), transport.sent()), (1, 2));
/// # Ok::<(), clerk_core::Error>(())
/// ```
pub struct FaultyTransport<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    inner: T,
    timer: Box<dyn Timer>,
    faults: Mutex<VecDeque<Fault>>,
    fired: AtomicUsize,
    sent: AtomicUsize,
}

impl<T: HttpTransport> FaultyTransport<T> {
    /// Wraps a transport. The timer measures the delays.
    pub fn new(inner: T, timer: impl Timer + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                inner,
                timer: Box::new(timer),
                faults: Mutex::default(),
                fired: AtomicUsize::new(0),
                sent: AtomicUsize::new(0),
            }),
        }
    }

    /// Queues a fault for the next request that has none yet.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().push_back(fault);
    }

    /// Returns how many faults have fired.
    pub fn fired(&self) -> usize {
        self.shared.fired.load(Ordering::Acquire)
    }

    /// Returns how many requests reached the inner transport.
    pub fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::Acquire)
    }
}

impl<T> Shared<T> {
    fn faults(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_fault(&self) -> Option<Fault> {
        let fault = self.faults().pop_front()?;
        self.fired.fetch_add(1, Ordering::AcqRel);
        Some(fault)
    }
}

impl<T: HttpTransport> Shared<T> {
    async fn forward(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.sent.fetch_add(1, Ordering::AcqRel);
        self.inner.send(request).await
    }

    /// Forwards the request, which then counts as written whatever the inner transport marked.
    async fn effect(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        let response = self.forward(request).await;
        progress.mark_written();
        response
    }

    async fn apply(
        &self,
        fault: Fault,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        match (fault.kind, fault.timing) {
            (FaultKind::Fail(kind), Timing::BeforeEffect) => reply::failure(kind),
            (FaultKind::FailUnsent(kind), Timing::BeforeEffect) => reply::failure_unsent(kind),
            (FaultKind::Fail(kind) | FaultKind::FailUnsent(kind), Timing::AfterEffect) => {
                let _discarded = self.effect(request).await;
                reply::failure(kind)
            }
            (FaultKind::Delay(delay), Timing::BeforeEffect) => {
                progress.mark_not_written();
                self.timer.sleep(delay).await;
                progress.mark_written();
                self.forward(request).await
            }
            (FaultKind::Delay(delay), Timing::AfterEffect) => {
                let response = self.effect(request).await;
                self.timer.sleep(delay).await;
                response
            }
            (FaultKind::Silence, Timing::BeforeEffect) => {
                progress.mark_written();
                pending().await
            }
            (FaultKind::Silence, Timing::AfterEffect) => {
                let _discarded = self.effect(request).await;
                pending().await
            }
            (FaultKind::CutResponse, _) => {
                let (head, _discarded) = self.effect(request).await?.into_parts();
                Err(reply::failed(TransportErrorKind::Incomplete).with_head(head))
            }
            (FaultKind::Respond(response), timing) => {
                // Built first, so that an invalid response has no effect.
                let response = response.to_response()?;
                if timing == Timing::AfterEffect {
                    let _discarded = self.effect(request).await;
                }
                Ok(response)
            }
        }
    }
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for FaultyTransport<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        match self.shared.next_fault() {
            Some(fault) => self.shared.apply(fault, request).await,
            None => self.shared.forward(request).await,
        }
    }
}

impl<T> Clone for FaultyTransport<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for FaultyTransport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyTransport")
            .field("faults", &*self.shared.faults())
            .field("fired", &self.shared.fired)
            .field("sent", &self.shared.sent)
            .finish_non_exhaustive()
    }
}
