use clerk_core::{
    Body, HttpResponse, TransportError,
    http::{HeaderMap, HeaderName, HeaderValue},
};

use crate::reply;

/// The response that a fault sends instead of the inner transport's.
#[derive(Clone, Debug)]
pub(crate) struct FaultResponse {
    content: Content,
    headers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    QuotaUsedUp,
    ClerkErrors { status: u16, code: String },
    Raw { status: u16, content_type: String, body: Body },
}

impl FaultResponse {
    pub(crate) fn new(content: Content) -> Self {
        Self { content, headers: Vec::new() }
    }

    pub(crate) fn add_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// Returns the response, or an error if HTTP cannot carry it.
    pub(crate) fn to_response(&self) -> Result<HttpResponse, TransportError> {
        let mut response = match &self.content {
            Content::QuotaUsedUp => reply::quota_used_up(),
            Content::ClerkErrors { status, code } => reply::clerk_errors(*status, code),
            Content::Raw { status, content_type, body } => {
                reply::raw(*status, content_type, body.clone())
            }
        }?;
        response.headers_mut().extend(header_map(&self.headers)?);
        Ok(response)
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, TransportError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(reply::invalid)?;
        map.append(name, HeaderValue::try_from(value).map_err(reply::invalid)?);
    }
    Ok(map)
}
