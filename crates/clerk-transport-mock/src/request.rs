//! Request predicates, for the `.withf(…)` of an expectation.
//!
//! ```
//! use clerk_transport_mock::{MockHttpTransport, reply, request};
//!
//! let mut transport = MockHttpTransport::new();
//! transport
//!     .expect_send()
//!     .withf(request::is_create_for("user_1"))
//!     .returning(|_| reply::actor_token("act_1", "pending"));
//! transport
//!     .expect_send()
//!     .withf(request::is_create())
//!     .returning(|_| reply::clerk_errors(404, "resource_not_found"));
//! transport
//!     .expect_send()
//!     .withf(request::is_revoke_of("act_1"))
//!     .returning(|_| reply::actor_token("act_1", "revoked"));
//! ```
//!
//! Anything else can be checked on the request itself:
//! `.withf(|request| request.headers().contains_key("x-request-id"))`.

use clerk_core::HttpRequest;

use crate::operation::Operation;

/// A predicate on requests. It owns what it compares with.
pub type Predicate = Box<dyn Fn(&HttpRequest) -> bool + Send>;

/// Matches every create.
pub fn is_create() -> Predicate {
    Box::new(|request| matches!(Operation::of(request), Some(Operation::Create(_))))
}

/// Matches a create for this user.
pub fn is_create_for(user_id: impl AsRef<str>) -> Predicate {
    let user_id = user_id.as_ref().to_owned();
    Box::new(move |request| match Operation::of(request) {
        Some(Operation::Create(create)) => create.user_id().as_deref() == Some(&user_id),
        _ => false,
    })
}

/// Matches every revoke of a token.
pub fn is_revoke() -> Predicate {
    Box::new(|request| matches!(Operation::of(request), Some(Operation::Revoke(_))))
}

/// Matches a revoke of this token.
pub fn is_revoke_of(actor_token_id: impl AsRef<str>) -> Predicate {
    let actor_token_id = actor_token_id.as_ref().to_owned();
    Box::new(move |request| match Operation::of(request) {
        Some(Operation::Revoke(id)) => id == actor_token_id,
        _ => false,
    })
}

/// Matches every list of sessions.
pub fn is_session_list() -> Predicate {
    Box::new(|request| matches!(Operation::of(request), Some(Operation::ListSessions(_))))
}

/// Matches a list of this user's sessions.
pub fn is_session_list_for(user_id: impl AsRef<str>) -> Predicate {
    let user_id = user_id.as_ref().to_owned();
    Box::new(move |request| match Operation::of(request) {
        Some(Operation::ListSessions(id)) => id == user_id,
        _ => false,
    })
}

/// Matches every revoke of a session.
pub fn is_session_revoke() -> Predicate {
    Box::new(|request| matches!(Operation::of(request), Some(Operation::RevokeSession(_))))
}

/// Matches a revoke of this session.
pub fn is_session_revoke_of(session_id: impl AsRef<str>) -> Predicate {
    let session_id = session_id.as_ref().to_owned();
    Box::new(move |request| match Operation::of(request) {
        Some(Operation::RevokeSession(id)) => id == session_id,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use clerk_core::{HttpRequest, UserId, http::Method};

    use super::{
        is_create, is_create_for, is_revoke, is_revoke_of, is_session_list, is_session_list_for,
        is_session_revoke, is_session_revoke_of,
    };

    fn request(method: Method, path: &'static str, body: &'static str) -> HttpRequest {
        let mut request = HttpRequest::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        request
    }

    fn post(path: &'static str, body: &'static str) -> HttpRequest {
        request(Method::POST, path, body)
    }

    #[test]
    fn a_create_is_matched_by_its_user() {
        let create = post("/v1/actor_tokens", r#"{"user_id":"user_1","actor":{"sub":"a"}}"#);
        assert!(is_create()(&create) && is_create_for("user_1")(&create) && !is_revoke()(&create));
        assert!(is_create_for(UserId::new("user_1").unwrap())(&create));
        assert!(!is_create_for("user_2")(&create) && !is_create_for("user")(&create));
    }

    #[test]
    fn a_revoke_is_matched_by_its_token() {
        let revoke = post("/v1/actor_tokens/act_1/revoke", "");
        assert!(is_revoke()(&revoke) && is_revoke_of("act_1")(&revoke) && !is_create()(&revoke));
        assert!(!is_revoke_of("act_2")(&revoke) && !is_create_for("act_1")(&revoke));
    }

    #[test]
    fn a_list_of_sessions_is_matched_by_its_user() {
        let list = request(Method::GET, "/v1/sessions?user_id=user_1&limit=500&offset=0", "");
        assert!(is_session_list()(&list) && is_session_list_for("user_1")(&list));
        assert!(!is_session_list_for("user_2")(&list) && !is_session_list_for("user")(&list));
        assert!(!is_session_revoke()(&list));
    }

    #[test]
    fn a_revoke_of_a_session_is_matched_by_its_session() {
        let revoke = post("/v1/sessions/sess_1/revoke", "");
        assert!(is_session_revoke()(&revoke) && is_session_revoke_of("sess_1")(&revoke));
        assert!(!is_session_revoke_of("sess_2")(&revoke) && !is_session_list()(&revoke));
        assert!(!is_revoke()(&revoke), "that is a revoke of a token");
    }
}
