use hyper::{
    HeaderMap, Uri,
    header::{CONTENT_LENGTH, HeaderName, HeaderValue},
};

use crate::{
    BoxError,
    target::{HEADERS, Target},
};

/// Returns the headers of a request, to be built once and cloned for each call.
pub(super) fn headers(content_length: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_LENGTH, content_length.into());
    headers
}

/// Returns the URI of a create.
pub(super) fn create_uri(target: &Target) -> Result<Uri, BoxError> {
    Ok(format!("{}/actor_tokens", target.base_url).parse()?)
}

/// Returns the URI of the revoke of this actor token.
pub(super) fn revoke_uri(target: &Target, id: &str) -> Result<Uri, BoxError> {
    Ok(format!("{}/actor_tokens/{id}/revoke", target.base_url).parse()?)
}
