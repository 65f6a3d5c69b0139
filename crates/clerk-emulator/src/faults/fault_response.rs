use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use crate::api::Refusal;

/// The response that a fault sends instead of the emulator's own.
#[derive(Debug, Clone)]
pub(crate) struct FaultResponse {
    content: Content,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Refusal(Refusal),
    ClerkErrors { status: u16, code: String },
    Raw { status: u16, content_type: String, body: Bytes },
}

impl FaultResponse {
    pub(crate) fn new(content: Content) -> Self {
        Self { content, headers: Vec::new() }
    }

    pub(crate) fn add_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// Returns the response, or a refusal that says which part of it HTTP cannot carry.
    pub(crate) fn to_response(&self, trace_id: &str) -> Response<Bytes> {
        self.try_to_response(trace_id).unwrap_or_else(|refusal| refusal.to_response(trace_id))
    }

    fn try_to_response(&self, trace_id: &str) -> Result<Response<Bytes>, Refusal> {
        let mut response = match &self.content {
            Content::Refusal(refusal) => refusal.to_response(trace_id),
            Content::ClerkErrors { status, code } => {
                requested(final_status(*status)?, code).to_response(trace_id)
            }
            Content::Raw { status, content_type, body } => {
                let mut response = Response::new(body.clone());
                *response.status_mut() = final_status(*status)?;
                if !content_type.is_empty() {
                    let content_type = header_value(content_type)?;
                    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
                }
                response
            }
        };
        response.headers_mut().extend(header_map(&self.headers)?);
        Ok(response)
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Refusal> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(header_name(name)?, header_value(value)?);
    }
    Ok(map)
}

/// Refuses the headers that the server derives from the body.
fn header_name(name: &str) -> Result<HeaderName, Refusal> {
    HeaderName::try_from(name)
        .ok()
        .filter(|name| ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(name))
        .ok_or_else(|| cannot_be_sent("header name"))
}

fn header_value(value: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(value).map_err(|_| cannot_be_sent("header value"))
}

/// Refuses informational statuses: a client goes on waiting after one of those.
fn final_status(status: u16) -> Result<StatusCode, Refusal> {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| cannot_be_sent("status"))
}

fn requested(status: StatusCode, code: &str) -> Refusal {
    Refusal::new(
        status,
        code.to_owned(),
        "refused",
        "The emulator was told to refuse this request.",
    )
}

fn cannot_be_sent(part: &str) -> Refusal {
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "emulator_fault_cannot_be_sent",
        "fault cannot be sent",
        format!("The injected fault has a {part} that cannot be sent."),
    )
}
