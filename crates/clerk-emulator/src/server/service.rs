use std::sync::Arc;

use bytes::BytesMut;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::{host::check_host, response_body::ResponseBody};
use crate::{
    api::{self, BODY_LIMIT, RequestBody},
    faults::{FaultKind, FaultQueue, Timing},
    state::{Instance, generate},
};

/// The emulator as a function from requests to responses, faults included.
#[derive(Clone)]
pub(crate) struct Service {
    instance: Arc<Instance>,
    faults: Arc<FaultQueue>,
}

/// The error that makes hyper close the connection, or reset the stream, without a response.
#[derive(Debug, thiserror::Error)]
#[error("no response on purpose")]
pub(crate) struct NoResponse;

impl Service {
    pub(crate) fn new(instance: Arc<Instance>, faults: Arc<FaultQueue>) -> Self {
        Self { instance, faults }
    }

    pub(crate) async fn respond(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, NoResponse> {
        let trace_id = generate::trace_id();
        let (head, body) = request.into_parts();
        // Before the queue: a website must not use up the faults and the counts of a test.
        if let Err(refusal) = check_host(&head) {
            read_to_end(body).await?;
            return Ok(refusal.to_response(&trace_id).map(ResponseBody::complete));
        }
        let fault = self.faults.begin_request(api::operation(&head));
        let request = Request::from_parts(head, read_to_end(body).await?);

        let perform = || api::respond(&self.instance, &request, &trace_id);
        let Some(fault) = fault else {
            return Ok(perform().map(ResponseBody::complete));
        };
        // A fault after the effect finds the response ready. A fault before it finds none, and the
        // request takes effect only if the fault lets it pass.
        let response = (fault.timing == Timing::AfterEffect).then(perform);
        self.faults.count_fired();
        match fault.kind {
            FaultKind::Delay(duration) => {
                tokio::time::sleep(duration).await;
                Ok(response.unwrap_or_else(perform).map(ResponseBody::complete))
            }
            FaultKind::Silence => std::future::pending().await,
            FaultKind::DropConnection => Err(NoResponse),
            FaultKind::CutResponse { bytes } => {
                Ok(response.unwrap_or_else(perform).map(|body| ResponseBody::cut(body, bytes)))
            }
            FaultKind::Respond(response) => {
                Ok(response.to_response(&trace_id).map(ResponseBody::complete))
            }
        }
    }
}

/// Reads the body to its end even if it is too large: a client may not read the response before it
/// has sent everything.
async fn read_to_end(mut body: Incoming) -> Result<RequestBody, NoResponse> {
    let mut bytes = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        // An error means that the client has disconnected or does not speak HTTP.
        let frame = frame.map_err(|_| NoResponse)?;
        let data = frame.into_data().unwrap_or_default();
        too_large |= bytes.len() + data.len() > BODY_LIMIT;
        if !too_large {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(if too_large { RequestBody::TooLarge } else { RequestBody::Complete(bytes.freeze()) })
}
