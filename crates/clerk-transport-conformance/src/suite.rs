use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clerk_core::HttpTransport;

use crate::{
    Report, Requirement, Violation,
    check::{Bench, check},
};

/// The check of a requirement, as a future to be run to completion.
pub type Check = Pin<Box<dyn Future<Output = ()> + Send>>;

const DEFAULT_MAX_RESPONSE_BYTES: usize = 1024 * 1024;
const DEFAULT_PATIENCE: Duration = Duration::from_secs(10);

/// The requirements of [`HttpTransport`], as checks of a transport.
///
/// Every check starts a server on loopback that records what really arrives, sends requests like
/// those of the core to it through a new transport, and compares. The server speaks HTTP/1.1 and
/// HTTP/1.0, without TLS.
///
/// # Examples
///
/// ```
/// use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
/// use clerk_transport_conformance::{Requirement, Suite};
///
/// /// A transport that invents its responses.
/// struct Invented;
///
/// #[async_trait]
/// impl HttpTransport for Invented {
///     async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
///         Ok(HttpResponse::default())
///     }
/// }
///
/// let report = Suite::new(|| Invented)
///     .waive(Requirement::ThreadIsNotBlocked, "there is nothing to wait for")
///     .run(|check| pollster::block_on(check));
/// assert!(!report.is_conformant());
/// assert!(report.to_string().contains("not met: RequestIsUnchanged"), "{report}");
/// ```
#[must_use]
pub struct Suite {
    bench: Bench,
    marks_progress: bool,
    waived: Vec<(Requirement, String)>,
}

impl Suite {
    /// Creates a suite for the transports that this function creates.
    ///
    /// Each check calls it once, from within its future, so a transport may ask for its runtime.
    pub fn new<T, F>(create: F) -> Self
    where
        T: HttpTransport + 'static,
        F: Fn() -> T + Send + Sync + 'static,
    {
        Self {
            bench: Bench {
                create: Arc::new(move || Box::new(create())),
                max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
                patience: DEFAULT_PATIENCE,
            },
            marks_progress: false,
            waived: Vec::new(),
        }
    }

    /// Sets the limit of the transport for the body of a response. The default is 1 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.bench.max_response_bytes = bytes;
        self
    }

    /// Sets how long the server waits for something that a transport should do before it counts as
    /// not done. The default is 10 s.
    ///
    /// A transport that meets the requirements hardly makes it wait, so a longer patience costs
    /// little; a shorter one may find fault with a busy machine.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.bench.patience = patience;
        self
    }

    /// Checks [`Requirement::ProgressIsMarked`] as well, which is optional for a transport.
    pub fn marks_progress(mut self) -> Self {
        self.marks_progress = true;
        self
    }

    /// Does not check a requirement, for a reason that the report repeats.
    pub fn waive(mut self, requirement: Requirement, reason: impl Into<String>) -> Self {
        self.waived.push((requirement, reason.into()));
        self
    }

    /// Checks the requirements one after the other, and reports which are met.
    ///
    /// The function runs a future to completion, such as the `block_on` of a runtime. The checks
    /// need no runtime themselves, only the one that the transport needs.
    ///
    /// Every wait is bounded, so that a transport that hangs ends in the report. One that blocks
    /// the thread for something other than its connection cannot be interrupted.
    pub fn run(self, mut run: impl FnMut(Check)) -> Report {
        let mut report = Report::new();
        for requirement in Requirement::ALL.iter().copied() {
            let waived = self.waived.iter().find(|(waived, _)| *waived == requirement);
            if let Some((_, reason)) = waived {
                report.add_waived(requirement, reason.clone());
            } else if requirement != Requirement::ProgressIsMarked || self.marks_progress {
                match self.check(requirement, &mut run) {
                    Ok(()) => report.add_met(requirement),
                    Err(observation) => {
                        report.add_violation(Violation::new(requirement, observation));
                    }
                }
            }
        }
        report
    }

    /// Has a check run to completion, and returns what it observed if a requirement is not met.
    fn check(&self, requirement: Requirement, run: &mut dyn FnMut(Check)) -> Result<(), String> {
        let outcome = Arc::new(Mutex::new(None));
        let (recorded, bench) = (Arc::clone(&outcome), self.bench.clone());
        run(Box::pin(async move {
            let result = check(requirement, &bench).await;
            *recorded.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }));
        let outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        outcome.unwrap_or_else(|| Err("the check was not run to completion".to_owned()))
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite")
            .field("max_response_bytes", &self.bench.max_response_bytes)
            .field("patience", &self.bench.patience)
            .field("marks_progress", &self.marks_progress)
            .field("waived", &self.waived)
            .finish_non_exhaustive()
    }
}
