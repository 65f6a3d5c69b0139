use clerk_core::{HttpResponse, TransportError, bytes::Bytes, http::Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use super::classify::response_failed;
use crate::connector::BoxError;

/// Reads the whole body of a response, up to `max_bytes`.
pub(super) async fn read_response(
    response: Response<Incoming>,
    max_bytes: usize,
) -> Result<HttpResponse, TransportError> {
    let (head, body) = response.into_parts();
    match collect_limited(Limited::new(body, max_bytes)).await {
        Ok(body) => Ok(Response::from_parts(head, body.into())),
        Err(error) => Err(response_failed(error, max_bytes).with_head(head)),
    }
}

/// Collects a body, without a copy if it comes in one piece, as nearly all do.
async fn collect_limited(mut body: Limited<Incoming>) -> Result<Bytes, BoxError> {
    let first = match body.frame().await {
        // A frame that is not data holds trailers, which have no use here.
        Some(frame) => frame?.into_data().unwrap_or_default(),
        None => Bytes::new(),
    };
    let rest = body.collect().await?.to_bytes();
    Ok(if rest.is_empty() { first } else { [first, rest].concat().into() })
}
