use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};

use crate::{
    call::{Detached, Link},
    changes::{change_request, change_result, next_request},
    quirk::Quirk,
    reference::Reference,
};

/// A transport with one quirk.
pub(crate) struct Wrong {
    quirk: Quirk,
    inner: Reference,
    has_dropped_call: Arc<AtomicBool>,
}

impl Wrong {
    pub(crate) fn new(quirk: Quirk) -> Self {
        let inner = Reference::new(Some(quirk));
        Self { quirk, inner, has_dropped_call: Arc::default() }
    }

    /// Responds to a call with what belongs to the call that was dropped before it.
    async fn hand_response_on(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.has_dropped_call.swap(false, Ordering::AcqRel) {
            return Ok(HttpResponse::new("/dropped".into()));
        }
        let mut guard = Guard(Some(Arc::clone(&self.has_dropped_call)));
        let result = self.inner.send(request).await;
        guard.0 = None;
        result
    }
}

#[async_trait]
impl HttpTransport for Wrong {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (quirk, inner) = (self.quirk, &self.inner);
        match quirk {
            Quirk::Blocks => return inner.exchange(&request, &Link::default()),
            Quirk::LeavesDroppedCallsRunning => return Detached(inner.start(request)).await,
            Quirk::HandsResponsesOn => return self.hand_response_on(request).await,
            _ => {}
        }
        change_request(quirk, &mut request);
        let mut result = inner.send(request.clone()).await;
        if let Some(next) = next_request(quirk, &request, &result) {
            let next = inner.send(next).await;
            if quirk != Quirk::VisitsLocations {
                result = next;
            }
        }
        change_result(quirk, &request, result)
    }
}

/// Records that a call was dropped, unless it is defused.
struct Guard(Option<Arc<AtomicBool>>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(has_dropped_call) = &self.0 {
            has_dropped_call.store(true, Ordering::Release);
        }
    }
}
