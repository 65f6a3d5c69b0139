use std::collections::BTreeMap;

use clerk_core::{HttpRequest, http::Method};
use serde_json::value::RawValue;

/// An operation, as the method, path and body of a request show it.
#[derive(Debug)]
pub(crate) enum Operation<'a> {
    Create(Create<'a>),
    /// The id of the token.
    Revoke(&'a str),
}

/// The members of a create's body, each as JSON; empty if the body is not a JSON object.
#[derive(Debug)]
pub(crate) struct Create<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Operation<'a> {
    /// Reads a request under any base URL. Returns `None` if it is neither of the two operations.
    pub(crate) fn of(request: &'a HttpRequest) -> Option<Self> {
        if request.method() != Method::POST {
            return None;
        }
        let mut segments = request.uri().path().rsplit('/');
        match (segments.next()?, segments.next()?, segments.next()) {
            ("revoke", id, Some("actor_tokens")) => Some(Self::Revoke(id)),
            ("actor_tokens", _, _) => Some(Self::Create(Create::read(request.body().as_ref()))),
            _ => None,
        }
    }
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
    fn both_operations_are_recognized_under_any_base_url() {
        for base_url in ["https://api.clerk.com/v1", "http://127.0.0.1:1/a/b", "http://h"] {
            let create = request(Method::POST, &format!("{base_url}/actor_tokens"), "{}");
            assert!(matches!(Operation::of(&create), Some(Operation::Create(_))), "{base_url}");
            let revoke =
                request(Method::POST, &format!("{base_url}/actor_tokens/act_1/revoke"), "");
            assert!(
                matches!(Operation::of(&revoke), Some(Operation::Revoke("act_1"))),
                "{base_url}"
            );
        }
    }

    #[test]
    fn other_requests_are_neither() {
        for (method, path) in [
            (Method::GET, "/v1/actor_tokens"),
            (Method::POST, "/"),
            (Method::POST, "/v1/users"),
            (Method::POST, "/v1/actor_tokens/act_1"),
            (Method::POST, "/v1/users/user_1/revoke"),
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
