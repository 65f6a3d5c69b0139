use clerk_core::{
    Body, HttpResponse, TransportError,
    http::{HeaderMap, HeaderName, HeaderValue},
};

use crate::reply;

/// A response as a test describes it. Only [`build`](Self::build) knows whether it is valid HTTP.
#[derive(Clone, Debug)]
pub(crate) struct CannedResponse {
    content: Content,
    headers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
enum Content {
    ClerkErrors { status: u16, code: String },
    Raw { status: u16, content_type: String, body: Body },
}

impl CannedResponse {
    pub(crate) fn clerk_errors(status: u16, code: String) -> Self {
        Self { content: Content::ClerkErrors { status, code }, headers: Vec::new() }
    }

    pub(crate) fn raw(status: u16, content_type: String, body: Body) -> Self {
        Self { content: Content::Raw { status, content_type, body }, headers: Vec::new() }
    }

    pub(crate) fn push_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    pub(crate) fn build(&self) -> Result<HttpResponse, TransportError> {
        let mut response = match &self.content {
            Content::ClerkErrors { status, code } => reply::clerk_errors(*status, code),
            Content::Raw { status, content_type, body } => {
                reply::raw(*status, content_type, body.clone())
            }
        }?;
        response.headers_mut().extend(self.header_map()?);
        Ok(response)
    }

    fn header_map(&self) -> Result<HeaderMap, TransportError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(reply::invalid)?;
            headers.append(name, HeaderValue::try_from(value).map_err(reply::invalid)?);
        }
        Ok(headers)
    }
}
