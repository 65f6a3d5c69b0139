use std::collections::BTreeMap;

use clerk_core::{HttpRequest, http::Method};
use serde_json::value::RawValue;

/// What a request asks of Clerk, read from its method, path and body.
#[derive(Debug)]
pub(crate) enum Operation<'a> {
    Create(Create<'a>),
    /// Names the token by its id.
    Revoke(&'a str),
}

/// The members of the body of a create, each as its JSON text; none if the body is no JSON object.
#[derive(Debug)]
pub(crate) struct Create<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Operation<'a> {
    /// Reads a request whatever its base URL; `None` if it is neither of the two.
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

    /// Gives the JSON text of the actor.
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
    fn the_two_operations_are_known_below_any_base_url() {
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
    fn anything_else_is_neither() {
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
    fn what_a_body_lacks_is_none_and_no_panic() {
        for body in ["", "[]", "{", "{}", r#"{"user_id":1}"#] {
            let request = request(Method::POST, "/actor_tokens", body);
            let Some(Operation::Create(create)) = Operation::of(&request) else { panic!("{body}") };
            assert_eq!((create.user_id(), create.actor()), (None, None), "{body}");
        }
    }
}
