use bytes::Bytes;
use http::{Method, Response};

use self::Audience::{Backend, Frontend, Person};
use super::{
    call::Call,
    operation::Operation,
    operations::{
        accept_ticket, create_actor_token, create_client_session_token, create_session_token,
        end_client_session, end_on_session_page, get_jwks, get_session, list_sessions,
        open_session_page, open_sign_in_page, revoke_actor_token, revoke_session, sign_in,
        touch_client_session,
    },
    refusal::Refusal,
};

/// A method and a path, who uses them, and what then happens.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) operation: Operation,
    method: Method,
    path: &'static str,
    pub(crate) audience: Audience,
    pub(crate) perform: Perform,
}

/// Performs a call.
pub(crate) type Perform = fn(&Call<'_>) -> Result<Response<Bytes>, Refusal>;

/// Who uses an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A backend, which has the secret key.
    Backend,
    /// A frontend, which has no key.
    Frontend,
    /// A person with a browser, who reads pages, refusals included.
    Person,
}

static ENDPOINTS: [Endpoint; 16] = {
    use Operation as Op;
    [
        // The Backend API.
        post(Op::CreateActorToken, Backend, "/v1/actor_tokens", create_actor_token),
        post(Op::RevokeActorToken, Backend, "/v1/actor_tokens/{id}/revoke", revoke_actor_token),
        get(Op::ListSessions, Backend, "/v1/sessions", list_sessions),
        get(Op::GetSession, Backend, "/v1/sessions/{id}", get_session),
        post(Op::RevokeSession, Backend, "/v1/sessions/{id}/revoke", revoke_session),
        post(Op::CreateSessionToken, Backend, "/v1/sessions/{id}/tokens", create_session_token),
        get(Op::GetJwks, Backend, "/v1/jwks", get_jwks),
        // The frontend API.
        get(Op::GetPublicJwks, Frontend, "/.well-known/jwks.json", get_jwks),
        get(Op::AcceptTicket, Frontend, "/v1/tickets/accept", accept_ticket),
        post(Op::SignIn, Frontend, "/v1/client/sign_ins", sign_in),
        post(
            Op::CreateClientSessionToken,
            Frontend,
            "/v1/client/sessions/{id}/tokens",
            create_client_session_token,
        ),
        post(
            Op::TouchClientSession,
            Frontend,
            "/v1/client/sessions/{id}/touch",
            touch_client_session,
        ),
        post(Op::EndClientSession, Frontend, "/v1/client/sessions/{id}/end", end_client_session),
        // The pages, for people.
        get(Op::OpenSignInPage, Person, "/sign-in", open_sign_in_page),
        get(Op::OpenSessionPage, Person, "/sessions/{id}", open_session_page),
        post(Op::EndOnSessionPage, Person, "/sessions/{id}/end", end_on_session_page),
    ]
};

const fn get(op: Operation, audience: Audience, path: &'static str, perform: Perform) -> Endpoint {
    Endpoint { operation: op, method: Method::GET, path, audience, perform }
}

const fn post(op: Operation, audience: Audience, path: &'static str, perform: Perform) -> Endpoint {
    Endpoint { operation: op, method: Method::POST, path, audience, perform }
}

impl Endpoint {
    /// Returns the endpoint with this method and path, and the id in the path.
    pub(crate) fn find<'a>(
        method: &Method,
        path: &'a str,
    ) -> Result<(&'static Self, &'a str), Refusal> {
        let found = ENDPOINTS.iter().find_map(|endpoint| Some((endpoint, endpoint.id_in(path)?)));
        let (endpoint, id) = found.ok_or_else(Refusal::not_found)?;
        if endpoint.method != *method {
            return Err(Refusal::method_not_allowed(&endpoint.method));
        }
        Ok((endpoint, id))
    }

    /// Returns the id in a path of this endpoint, or an empty string if it needs none.
    ///
    /// Ids are not unescaped: no id that the emulator issues needs escaping.
    fn id_in<'a>(&self, path: &'a str) -> Option<&'a str> {
        let Some((before, after)) = self.path.split_once("{id}") else {
            return (path == self.path).then_some("");
        };
        let id = path.strip_prefix(before)?.strip_suffix(after)?;
        (!id.is_empty() && !id.contains('/')).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_found_by_its_own_path() {
        for expected in &ENDPOINTS {
            let path = expected.path.replace("{id}", "id_1");
            let (found, id) = Endpoint::find(&expected.method, &path).unwrap();
            assert_eq!(found.operation, expected.operation, "{path}");
            assert_eq!(id, if path == expected.path { "" } else { "id_1" }, "{path}");
        }
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
            "/v1/sessions/",
            "/v1/sessions/sess_1/",
            "/v1/users/user_1/ban",
            "/v1/client/sessions/sess_1",
            "/sessions/",
            "/sign-in/",
        ] {
            for method in [Method::GET, Method::POST] {
                assert!(Endpoint::find(&method, path).is_err(), "{path}");
            }
        }
    }
}
