use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, header};

use crate::{create::create, instance::Instance, refusal::Refusal, response, revoke::revoke};

/// The largest request body that is accepted, in bytes.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// The body of a request.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Complete(Bytes),
    TooLarge,
}

#[derive(Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Create,
    Revoke { id: &'a str },
}

/// Performs the request and returns the response to it.
pub(crate) fn respond(
    instance: &Instance,
    request: &Request<RequestBody>,
    trace_id: &str,
) -> Response<Bytes> {
    match dispatch(instance, request) {
        Ok(response) => response::with_trace_id(response, trace_id),
        Err(refusal) => refusal.to_response(trace_id),
    }
}

fn dispatch(
    instance: &Instance,
    request: &Request<RequestBody>,
) -> Result<Response<Bytes>, Refusal> {
    let endpoint = endpoint(request.uri().path()).ok_or_else(Refusal::not_found)?;
    if request.method() != Method::POST {
        return Err(Refusal::method_not_allowed());
    }
    authenticate(instance, request.headers())?;
    let RequestBody::Complete(body) = request.body() else {
        return Err(Refusal::body_too_large(BODY_LIMIT));
    };
    match endpoint {
        Endpoint::Create => create(instance, request.headers(), body),
        // Revoke has no body; what a client sends all the same, an empty object for example, does
        // no harm.
        Endpoint::Revoke { id } => revoke(instance, id),
    }
}

/// An id is taken as it stands in the path: one with escapes in it is none that the emulator has
/// issued.
fn endpoint(path: &str) -> Option<Endpoint<'_>> {
    let rest = path.strip_prefix("/v1/actor_tokens")?;
    if rest.is_empty() {
        return Some(Endpoint::Create);
    }
    let id = rest.strip_prefix('/')?.strip_suffix("/revoke")?;
    (!id.is_empty() && !id.contains('/')).then_some(Endpoint::Revoke { id })
}

fn authenticate(instance: &Instance, headers: &HeaderMap) -> Result<(), Refusal> {
    let authorization =
        headers.get(header::AUTHORIZATION).ok_or_else(Refusal::not_authenticated)?;
    let (scheme, key) = authorization
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(Refusal::authorization_format_invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::authorization_format_invalid());
    }
    if key != instance.secret_key {
        return Err(Refusal::secret_key_invalid());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_endpoints() {
        assert_eq!(endpoint("/v1/actor_tokens"), Some(Endpoint::Create));
        assert_eq!(
            endpoint("/v1/actor_tokens/act_1/revoke"),
            Some(Endpoint::Revoke { id: "act_1" })
        );
    }

    #[test]
    fn nothing_else_is_an_endpoint() {
        for path in [
            "/",
            "/actor_tokens",
            "/v1/actor_tokens/",
            "/v1/actor_tokensact_1/revoke",
            "/v1/actor_tokens/act_1",
            "/v1/actor_tokens//revoke",
            "/v1/actor_tokens/revoke",
            "/v1/actor_tokens/a/b/revoke",
            "/v1/actor_tokens/act_1/revoke/",
            "/v1/users/user_1/ban",
        ] {
            assert_eq!(endpoint(path), None, "{path}");
        }
    }
}
