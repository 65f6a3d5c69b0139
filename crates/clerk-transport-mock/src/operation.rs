use std::collections::BTreeMap;

use clerk_core::{HttpRequest, http::Method};
use serde_json::value::RawValue;

/// An operation, as the method, path and body of a request show it.
#[derive(Debug)]
pub(crate) enum Operation<'a> {
    Create(Create<'a>),
    /// The id of the token.
    Revoke(&'a str),
    /// The id of the user.
    ListSessions(&'a str),
    /// The id of the session.
    RevokeSession(&'a str),
}

/// The members of a create's body, each as JSON; empty if the body is not a JSON object.
#[derive(Debug)]
pub(crate) struct Create<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Operation<'a> {
    /// Reads a request under any base URL. Returns `None` if it is none of the operations.
    pub(crate) fn of(request: &'a HttpRequest) -> Option<Self> {
        let mut segments = request.uri().path().rsplit('/');
        match (request.method(), segments.next()?, segments.next()?, segments.next()) {
            (&Method::POST, "revoke", id, Some("actor_tokens")) => Some(Self::Revoke(id)),
            (&Method::POST, "revoke", id, Some("sessions")) => Some(Self::RevokeSession(id)),
            (&Method::POST, "actor_tokens", _, _) => {
                Some(Self::Create(Create::read(request.body().as_ref())))
            }
            (&Method::GET, "sessions", _, _) => Some(Self::ListSessions(user_id(request))),
            _ => None,
        }
    }
}

/// Returns the user whose sessions are listed; empty if the query names none.
fn user_id(request: &HttpRequest) -> &str {
    let mut parameters = request.uri().query().unwrap_or_default().split('&');
    parameters.find_map(|parameter| parameter.strip_prefix("user_id=")).unwrap_or_default()
}

impl<'a> Create<'a> {
    fn read(body: &'a [u8]) -> Self {
        Self(serde_json::from_slice(body).unwrap_or_default())
    }

    pub(crate) fn user_id(&self) -> Option<String> {
        serde_json::from_str(self.0.get("user_id")?.get()).ok()
    }

    /// Returns the actor's JSON.
    pub(crate) fn actor(&self) -> Option<&'a str> {
        self.0.get("actor").map(|actor| actor.get())
    }
}

#[cfg(test)]
mod tests {
    use clerk_core::{HttpRequest, http::Method};

    use super::Operation;

    fn request(method: Method, uri: &str, body: &'static str) -> HttpRequest {
        let mut request = HttpRequest::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = uri.parse().unwrap();
        request
    }

    #[test]
    fn every_operation_is_recognized_under_any_base_url() {
        for base_url in ["https://api.clerk.com/v1", "http://127.0.0.1:1/a/b", "http://h"] {
            let create = request(Method::POST, &format!("{base_url}/actor_tokens"), "{}");
            assert!(matches!(Operation::of(&create), Some(Operation::Create(_))), "{base_url}");
            let revoke =
                request(Method::POST, &format!("{base_url}/actor_tokens/act_1/revoke"), "");
            assert!(
                matches!(Operation::of(&revoke), Some(Operation::Revoke("act_1"))),
                "{base_url}"
            );
            let query = "limit=500&user_id=user_1&offset=0";
            let list = request(Method::GET, &format!("{base_url}/sessions?{query}"), "");
            assert!(
                matches!(Operation::of(&list), Some(Operation::ListSessions("user_1"))),
                "{base_url}"
            );
            let revoke = request(Method::POST, &format!("{base_url}/sessions/sess_1/revoke"), "");
            assert!(
                matches!(Operation::of(&revoke), Some(Operation::RevokeSession("sess_1"))),
                "{base_url}"
            );
        }
    }

    #[test]
    fn other_requests_are_none() {
        for (method, path) in [
            (Method::GET, "/v1/actor_tokens"),
            (Method::POST, "/"),
            (Method::POST, "/v1/users"),
            (Method::POST, "/v1/actor_tokens/act_1"),
            (Method::POST, "/v1/users/user_1/revoke"),
            (Method::POST, "/v1/sessions"),
            (Method::GET, "/v1/sessions/sess_1"),
            (Method::GET, "/v1/sessions/sess_1/revoke"),
        ] {
            assert!(Operation::of(&request(method, path, "")).is_none(), "{path}");
        }
    }

    #[test]
    fn missing_members_are_none() {
        for body in ["", "[]", "{", "{}", r#"{"user_id":1}"#] {
            let request = request(Method::POST, "/actor_tokens", body);
            let Some(Operation::Create(create)) = Operation::of(&request) else { panic!("{body}") };
            assert_eq!((create.user_id(), create.actor()), (None, None), "{body}");
        }
    }
}
