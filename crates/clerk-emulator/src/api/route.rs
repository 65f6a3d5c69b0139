use bytes::Bytes;
use http::{Request, Response, request::Parts};

use super::{
    authenticate::authenticate,
    call::Call,
    endpoint::{Audience, Endpoint},
    operation::Operation,
    page::refusal_page,
    refusal::Refusal,
    request::{BODY_LIMIT, RequestBody},
    response,
};
use crate::state::Instance;

/// Performs a request and returns the response to it.
pub(crate) fn respond(
    instance: &Instance,
    request: &Request<RequestBody>,
    trace_id: &str,
) -> Response<Bytes> {
    let response =
        Endpoint::find(request.method(), request.uri().path()).and_then(|(endpoint, id)| {
            match perform(instance, request, endpoint, id) {
                Err(refusal) if endpoint.audience == Audience::Person => Ok(refusal_page(&refusal)),
                result => result,
            }
        });
    match response {
        Ok(response) => response::with_trace_id(response, trace_id),
        Err(refusal) => refusal.to_response(trace_id),
    }
}

/// Returns the operation that a request asks for, if there is one.
pub(crate) fn operation(head: &Parts) -> Option<Operation> {
    let found = Endpoint::find(&head.method, head.uri.path());
    found.ok().map(|(endpoint, _)| endpoint.operation)
}

fn perform(
    instance: &Instance,
    request: &Request<RequestBody>,
    endpoint: &Endpoint,
    id: &str,
) -> Result<Response<Bytes>, Refusal> {
    let headers = request.headers();
    if endpoint.audience == Audience::Backend {
        authenticate(headers, &instance.settings.secret_key)?;
    }
    let RequestBody::Complete(body) = request.body() else {
        return Err(Refusal::body_too_large(BODY_LIMIT));
    };
    let query = request.uri().query().unwrap_or_default();
    (endpoint.perform)(&Call { instance, id, query, headers, body })
}
