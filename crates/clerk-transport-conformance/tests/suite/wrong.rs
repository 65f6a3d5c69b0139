use std::sync::{Arc, Mutex};

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
    dropped: Arc<Mutex<Option<HttpRequest>>>,
}

impl Wrong {
    pub(crate) fn new(quirk: Quirk) -> Self {
        Self { quirk, inner: Reference::new(Some(quirk)), dropped: Arc::default() }
    }

    /// Sends a request, after something is done about the call that was dropped before it.
    async fn send_after_dropped(
        &self,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        let dropped = self.dropped.lock().unwrap().take();
        match dropped {
            Some(_) if self.quirk == Quirk::HandsResponsesOn => {
                return Ok(HttpResponse::new("/dropped".into()));
            }
            Some(dropped) => {
                // Nobody needs the response.
                self.inner.start(dropped).wait_until_written();
            }
            None => {}
        }
        let mut guard =
            Guard { request: Some(request.clone()), dropped: Arc::clone(&self.dropped) };
        let result = self.inner.send(request).await;
        guard.request = None;
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
            Quirk::HandsResponsesOn | Quirk::ResendsDroppedCalls => {
                return self.send_after_dropped(request).await;
            }
            _ => {}
        }
        change_request(quirk, &mut request);
        let mut result = inner.send(request.clone()).await;
        if let Some(next) = next_request(quirk, &request, &result) {
            let next = inner.send(next).await;
            if !matches!(quirk, Quirk::VisitsHosts | Quirk::VisitsPaths) {
                result = next;
            }
        }
        change_result(quirk, &request, result)
    }
}

/// Records the request of a call that is dropped, unless it is taken out.
struct Guard {
    request: Option<HttpRequest>,
    dropped: Arc<Mutex<Option<HttpRequest>>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        *self.dropped.lock().unwrap() = self.request.take();
    }
}
