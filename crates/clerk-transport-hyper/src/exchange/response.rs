use std::{future::poll_fn, pin::Pin};

use clerk_core::{HttpResponse, TransportError, bytes::Bytes, http::Response};
use hyper::body::{Body as _, Incoming};

use super::{classify::response_failed, response_body::ResponseBody};

/// Reads the whole body of a response, up to `max_bytes`.
pub(super) async fn read_response(
    response: Response<Incoming>,
    max_bytes: usize,
) -> Result<HttpResponse, TransportError> {
    let (head, body) = response.into_parts();
    match collect_limited(body, max_bytes).await {
        Ok(body) => Ok(Response::from_parts(head, body.into())),
        Err(error) => Err(error.with_head(head)),
    }
}

async fn collect_limited(mut body: Incoming, max_bytes: usize) -> Result<Bytes, TransportError> {
    let mut collected = ResponseBody::new(max_bytes);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // A frame that is not data holds trailers, which have no use here.
        collected.push(frame.map_err(response_failed)?.into_data().unwrap_or_default())?;
    }
    Ok(collected.into_bytes())
}
