use clerk_core::{
    HttpResponse, TransportError,
    http::{HeaderMap, Response, header::CONTENT_LENGTH},
};
use h2::RecvStream;

use super::{errors::incomplete, streams::Streams};
use crate::exchange::response_body::ResponseBody;

/// Reads the whole body of a response, up to `max_bytes`.
pub(super) async fn read_response(
    response: Response<RecvStream>,
    max_bytes: usize,
    streams: &Streams,
) -> Result<HttpResponse, TransportError> {
    let (head, mut stream) = response.into_parts();
    let mut body = ResponseBody::new(max_bytes);
    while let Some(data) = stream.data().await {
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                let is_short =
                    content_length(&head.headers).is_some_and(|whole| body.len() < whole);
                return Err(incomplete(error, is_short, streams).with_head(head));
            }
        };
        let length = data.len();
        if let Err(error) = body.push(data) {
            return Err(error.with_head(head));
        }
        // Fails only if more is released than has arrived.
        let _released = stream.flow_control().release_capacity(length);
    }
    // h2 ends a stream without an error only if its length is the promised one.
    Ok(Response::from_parts(head, body.into_bytes().into()))
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
