//! What a careful author prepares once: the parts of a request that are the same in every call.

use hyper::{
    HeaderMap, Uri,
    header::{CONTENT_LENGTH, HeaderName, HeaderValue},
};

use crate::{
    Failure,
    target::{HEADERS, Target},
};

pub(super) fn headers(content_length: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_LENGTH, content_length.into());
    headers
}

pub(super) fn create_uri(target: &Target) -> Result<Uri, Failure> {
    Ok(format!("{}/actor_tokens", target.base_url).parse()?)
}

pub(super) fn revoke_uri(target: &Target, id: &str) -> Result<Uri, Failure> {
    Ok(format!("{}/actor_tokens/{id}/revoke", target.base_url).parse()?)
}
