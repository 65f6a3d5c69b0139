use bytes::Bytes;
use http::{Method, Response};

use super::{
    call::Call,
    operation::Operation,
    operations::{
        create_actor_token, get_session, list_sessions, revoke_actor_token, revoke_session,
    },
    refusal::Refusal,
};

/// A method and a path, who may use them, and what then happens.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) operation: Operation,
    method: Method,
    path: &'static str,
    pub(crate) access: Access,
    pub(crate) perform: Perform,
}

/// Performs a call.
pub(crate) type Perform = fn(&Call<'_>) -> Result<Response<Bytes>, Refusal>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever has the secret key: the Backend API.
    SecretKey,
}

static ENDPOINTS: [Endpoint; 5] = {
    use Operation as Op;
    [
        backend(Op::CreateActorToken, Method::POST, "/v1/actor_tokens", create_actor_token),
        backend(
            Op::RevokeActorToken,
            Method::POST,
            "/v1/actor_tokens/{id}/revoke",
            revoke_actor_token,
        ),
        backend(Op::ListSessions, Method::GET, "/v1/sessions", list_sessions),
        backend(Op::GetSession, Method::GET, "/v1/sessions/{id}", get_session),
        backend(Op::RevokeSession, Method::POST, "/v1/sessions/{id}/revoke", revoke_session),
    ]
};

const fn backend(
    operation: Operation,
    method: Method,
    path: &'static str,
    perform: Perform,
) -> Endpoint {
    Endpoint { operation, method, path, access: Access::SecretKey, perform }
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
        ] {
            for method in [Method::GET, Method::POST] {
                assert!(Endpoint::find(&method, path).is_err(), "{path}");
            }
        }
    }
}
