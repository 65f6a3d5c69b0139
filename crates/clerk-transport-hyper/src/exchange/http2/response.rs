use clerk_core::{
    HttpResponse, TransportError,
    bytes::Bytes,
    http::{HeaderMap, Response, header::CONTENT_LENGTH},
};
use h2::RecvStream;

use super::{errors::incomplete, streams::Streams};
use crate::exchange::classify::too_large;

/// Reads the whole body of a response, up to `max_bytes`.
pub(super) async fn read_response(
    response: Response<RecvStream>,
    max_bytes: usize,
    streams: &Streams,
) -> Result<HttpResponse, TransportError> {
    let (head, mut stream) = response.into_parts();
    // Nearly all bodies come in one piece, and are not copied.
    let (mut first, mut rest) = (Bytes::new(), Vec::new());
    while let Some(data) = stream.data().await {
        let length = first.len() + rest.len();
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                let is_short = content_length(&head.headers).is_some_and(|whole| length < whole);
                return Err(incomplete(error, is_short, streams).with_head(head));
            }
        };
        if data.len() > max_bytes.saturating_sub(length) {
            return Err(too_large(max_bytes).with_head(head));
        }
        // Fails only if more is released than has arrived.
        let _released = stream.flow_control().release_capacity(data.len());
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    // h2 ends a stream without an error only if its length is the promised one.
    let body = if rest.is_empty() { first } else { [&first[..], &rest].concat().into() };
    Ok(Response::from_parts(head, body.into()))
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
