use std::{ops::ControlFlow, sync::Arc};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::{
    fault::{Fault, FaultKind, Timing},
    instance::Instance,
    made_up,
    response_body::ResponseBody,
    route::{self, BODY_LIMIT, RequestBody},
};

/// The error that makes hyper close the connection without a response.
#[derive(Debug, thiserror::Error)]
#[error("no response on purpose")]
pub(crate) struct NoResponse;

pub(crate) async fn serve(
    instance: Arc<Instance>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, NoResponse> {
    let fault = instance.begin_request();
    let trace_id = made_up::trace_id();
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, read(body).await?);

    if let Some(fault) = fault.as_ref().filter(|fault| fault.timing == Timing::BeforeEffect) {
        if let ControlFlow::Break(end) = strike(fault, &instance, &trace_id).await {
            return end;
        }
    }
    let response = route::respond(&instance, &request, &trace_id);
    if let Some(fault) = fault.filter(|fault| fault.timing == Timing::AfterEffect) {
        if let FaultKind::CutAnswer(bytes) = fault.kind {
            instance.count_fired();
            return Ok(response.map(|body| ResponseBody::cut(body, bytes)));
        }
        if let ControlFlow::Break(end) = strike(&fault, &instance, &trace_id).await {
            return end;
        }
    }
    Ok(response.map(ResponseBody::complete))
}

async fn strike(
    fault: &Fault,
    instance: &Instance,
    trace_id: &str,
) -> ControlFlow<Result<Response<ResponseBody>, NoResponse>> {
    instance.count_fired();
    if let FaultKind::Delay(duration) = fault.kind {
        tokio::time::sleep(duration).await;
        return ControlFlow::Continue(());
    }
    ControlFlow::Break(match fault.response(trace_id) {
        Some(response) => Ok(response.map(ResponseBody::complete)),
        None => Err(NoResponse),
    })
}

/// Reads the body to its end even if it is too large: a client that is still sending would not see
/// the response.
async fn read(mut body: Incoming) -> Result<RequestBody, NoResponse> {
    let mut complete = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        // The client has disconnected, or does not speak HTTP.
        let frame = frame.map_err(|_| NoResponse)?;
        let data = frame.into_data().unwrap_or_else(|_| Bytes::new());
        too_large |= complete.len() + data.len() > BODY_LIMIT;
        if !too_large {
            complete.extend_from_slice(&data);
        }
    }
    Ok(if too_large { RequestBody::TooLarge } else { RequestBody::Complete(complete.freeze()) })
}
