//! One request from its head to its answer, faults included.

use std::{ops::ControlFlow, sync::Arc};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::{
    answer_body::AnswerBody,
    fault::{Fault, FaultKind, Timing},
    instance::Instance,
    made_up,
    route::{self, BODY_LIMIT, RequestBody},
};

/// hyper closes the connection without a word when it is given this for an answer.
#[derive(Debug, thiserror::Error)]
#[error("the request is not answered")]
pub(crate) struct NoAnswer;

pub(crate) async fn serve(
    instance: Arc<Instance>,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, NoAnswer> {
    let fault = instance.begin_request();
    let trace_id = made_up::trace_id();
    let (head, body) = request.into_parts();
    let body = read(body).await?;

    if let Some(fault) = fault.as_ref().filter(|fault| fault.timing == Timing::BeforeEffect) {
        if let ControlFlow::Break(end) = strike(fault, &instance, &trace_id).await {
            return end;
        }
    }
    let answer = route::answer(&instance, &head, &body, &trace_id);
    if let Some(fault) = fault.filter(|fault| fault.timing == Timing::AfterEffect) {
        if let FaultKind::CutAnswer(bytes) = fault.kind {
            instance.count_fired();
            return Ok(answer.into_response_cut_after(bytes));
        }
        if let ControlFlow::Break(end) = strike(&fault, &instance, &trace_id).await {
            return end;
        }
    }
    Ok(answer.into_response())
}

async fn strike(
    fault: &Fault,
    instance: &Instance,
    trace_id: &str,
) -> ControlFlow<Result<Response<AnswerBody>, NoAnswer>> {
    instance.count_fired();
    if let FaultKind::Delay(duration) = fault.kind {
        tokio::time::sleep(duration).await;
        return ControlFlow::Continue(());
    }
    ControlFlow::Break(match fault.answer(trace_id) {
        Some(answer) => Ok(answer.into_response()),
        None => Err(NoAnswer),
    })
}

/// Reads the body to its end even when it is too large: a client that is still sending does not see
/// an answer.
async fn read(mut body: Incoming) -> Result<RequestBody, NoAnswer> {
    let mut whole = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        // The client has hung up, or does not speak HTTP.
        let frame = frame.map_err(|_| NoAnswer)?;
        let data = frame.into_data().unwrap_or_else(|_| Bytes::new());
        too_large |= whole.len() + data.len() > BODY_LIMIT;
        if !too_large {
            whole.extend_from_slice(&data);
        }
    }
    Ok(if too_large { RequestBody::TooLarge } else { RequestBody::Whole(whole.freeze()) })
}
