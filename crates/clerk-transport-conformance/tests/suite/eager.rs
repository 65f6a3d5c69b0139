use std::pin::Pin;

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError};

use crate::{quirk::Quirk, reference::Reference};

/// A transport that sends a request before anybody polls the call.
pub(crate) struct Eager(Reference);

impl Eager {
    pub(crate) fn new() -> Self {
        Self(Reference::new(Some(Quirk::StartsBeforeItIsPolled)))
    }
}

impl HttpTransport for Eager {
    // Written out, because the function that `async_trait` generates is lazy.
    fn send<'a, 'async_trait>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        let call = self.0.start(request);
        call.wait_until_written();
        Box::pin(call)
    }
}
