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

use crate::{Fault, reply};

/// Lets requests through to another transport, and makes them go wrong where a test says so.
///
/// It goes around any transport: a [`MockHttpTransport`](crate::MockHttpTransport), or a real
/// adapter that talks to an emulator. Each injected [`Fault`] strikes one request, in the order of
/// their injection; all other requests pass. Clones share everything, so that a test can keep one
/// while [`ActorTokens`](clerk_core::ActorTokens) owns the other.
///
/// ```
/// use clerk_core::{ActorTokens, SecretKey, TransportErrorKind};
/// use clerk_transport_mock::{Fault, FaultyTransport, ManualTimer, MockHttpTransport, reply, run_until_stalled};
///
/// let mut clerk = MockHttpTransport::new();
/// clerk.expect_send().returning(|request| reply::clerk(&request));
/// let timer = ManualTimer::auto();
/// let transport = FaultyTransport::new(clerk, timer.clone());
/// let actor_tokens = ActorTokens::builder(transport.clone(), SecretKey::new("sk_test_abc")?).timer(timer).build()?;
///
/// // The answer to the first revoke is lost, so there is a second: it does no harm.
/// transport.inject(Fault::FailAfter(TransportErrorKind::Io));
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
    /// Goes around a transport. The timer is what delays are measured by.
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

    /// Adds a fault: it strikes the first request for which there is no earlier one.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().push_back(fault);
    }

    /// Tells how many faults have struck a request, or have begun to.
    pub fn fired(&self) -> usize {
        self.shared.fired.load(Ordering::Acquire)
    }

    /// Tells how many requests reached the inner transport.
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
    /// Has the inner transport do it.
    async fn pass(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.sent.fetch_add(1, Ordering::AcqRel);
        self.inner.send(request).await
    }

    /// Has the inner transport do it, and takes it for done whatever that one knows.
    async fn effect(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(&request);
        let answer = self.pass(request).await;
        progress.mark_written();
        answer
    }

    async fn strike(
        &self,
        fault: Fault,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        match fault {
            Fault::FailUnsent(kind) => reply::failure_before_sending(kind),
            Fault::FailBefore(kind) => reply::failure(kind),
            Fault::FailAfter(kind) => {
                let _thrown_away = self.effect(request).await;
                reply::failure(kind)
            }
            Fault::DelayBefore(delay) => {
                let progress = SendProgress::of(&request);
                progress.mark_not_written();
                self.timer.sleep(delay).await;
                progress.mark_written();
                self.pass(request).await
            }
            Fault::DelayAfter(delay) => {
                let answer = self.effect(request).await;
                self.timer.sleep(delay).await;
                answer
            }
            Fault::StatusInstead(status) => gateway(status),
            Fault::StatusAfter(status) => {
                // First, so that a status which cannot be answered has no effect.
                let answer = gateway(status)?;
                let _thrown_away = self.effect(request).await;
                Ok(answer)
            }
            Fault::Cut => {
                let (head, _thrown_away) = self.effect(request).await?.into_parts();
                Err(reply::failed(TransportErrorKind::Incomplete).with_head(head))
            }
            Fault::Silence => {
                let _thrown_away = self.effect(request).await;
                pending().await
            }
        }
    }
}

/// Answers as something between us and Clerk would: not in Clerk's words.
fn gateway(status: u16) -> Result<HttpResponse, TransportError> {
    reply::raw(status, "text/plain", "the test said so")
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for FaultyTransport<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        match self.shared.next_fault() {
            Some(fault) => self.shared.strike(fault, request).await,
            None => self.shared.pass(request).await,
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
