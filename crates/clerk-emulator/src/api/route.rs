use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    authenticate::authenticate,
    operations::{create_actor_token, revoke_actor_token},
    refusal::Refusal,
    request::{BODY_LIMIT, RequestBody},
    response,
};
use crate::state::Instance;

#[derive(Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    CreateActorToken,
    RevokeActorToken { id: &'a str },
}

/// Performs a request and returns the response to it.
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
    authenticate(request.headers(), &instance.secret_key)?;
    let RequestBody::Complete(body) = request.body() else {
        return Err(Refusal::body_too_large(BODY_LIMIT));
    };
    match endpoint {
        Endpoint::CreateActorToken => create_actor_token(instance, request.headers(), body),
        // A body is ignored: a client that sends one, an empty object for example, does no harm.
        Endpoint::RevokeActorToken { id } => revoke_actor_token(instance, id),
    }
}

/// Returns the endpoint at a path. Ids are not unescaped: no id that the emulator issues needs
/// escaping.
fn endpoint(path: &str) -> Option<Endpoint<'_>> {
    let segments: Vec<_> = path.strip_prefix("/v1/")?.split('/').collect();
    match segments[..] {
        ["actor_tokens"] => Some(Endpoint::CreateActorToken),
        ["actor_tokens", id, "revoke"] if !id.is_empty() => Some(Endpoint::RevokeActorToken { id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_endpoints() {
        assert_eq!(endpoint("/v1/actor_tokens"), Some(Endpoint::CreateActorToken));
        assert_eq!(
            endpoint("/v1/actor_tokens/act_1/revoke"),
            Some(Endpoint::RevokeActorToken { id: "act_1" })
        );
    }

    #[test]
    fn other_paths_are_not_endpoints() {
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
