use std::{io, sync::Arc, time::Duration};

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError};

use super::observation::Observation;
use crate::{
    server::{Head, Server, Step},
    wait::within,
};

/// What a check works with: the transports to check, and what is known about them.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) create: Arc<dyn Fn() -> Box<dyn HttpTransport> + Send + Sync>,
    pub(crate) max_response_bytes: usize,
    pub(crate) patience: Duration,
}

impl Bench {
    /// Returns a new transport.
    pub(super) fn transport(&self) -> Box<dyn HttpTransport> {
        (self.create)()
    }

    /// Starts a server that follows this plan for every request.
    pub(super) fn server(
        &self,
        plan: impl Fn(&Head) -> Vec<Step> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        Server::start(self.patience, plan)
    }

    /// Sends a request, and waits for the result for longer than the server is patient.
    pub(super) async fn send(
        &self,
        transport: &dyn HttpTransport,
        request: HttpRequest,
    ) -> Result<Result<HttpResponse, TransportError>, Observation> {
        self.finish(transport.send(request)).await
    }

    /// Waits for the result of a call for longer than the server is patient.
    pub(super) async fn finish<T: Send>(
        &self,
        call: impl Future<Output = T> + Send,
    ) -> Result<T, Observation> {
        let limit = self.patience.saturating_mul(3);
        within(limit, call).await.ok_or_else(|| {
            let limit = limit.as_secs_f32();
            Observation::new(format!("a call was not over after {limit} s, and hangs"))
        })
    }
}
