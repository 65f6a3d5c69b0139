//! Ready-made replies, for the `.returning(…)` of an expectation.
//!
//! ```
//! use clerk_transport_mock::{MockHttpTransport, reply};
//!
//! // Clerk in one line: every create and every revoke succeeds, and nobody is signed in.
//! let mut clerk = MockHttpTransport::new();
//! clerk.expect_send().returning(|request| reply::clerk(&request));
//!
//! // Clerk on a plan that lacks impersonation.
//! let mut clerk = MockHttpTransport::new();
//! clerk
//!     .expect_send()
//!     .returning(|_| reply::clerk_errors(402, "unsupported_subscription_plan_features"));
//! ```
//!
//! Replies are plain results, so anything else that a response needs can be added:
//!
//! ```
//! use clerk_transport_mock::reply;
//!
//! let rate_limited = reply::clerk_errors(429, "too_many_requests").map(|mut response| {
//!     response.headers_mut().insert("retry-after", 7.into());
//!     response
//! });
//! ```

use std::error::Error as StdError;

use clerk_core::{
    Body, HttpRequest, HttpResponse, Sent, TransportError, TransportErrorKind,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
};
use serde_json::json;

use crate::operation::Operation;

const JSON: &str = "application/json";
const USER_ID: &str = "user_1";
const ACTOR: &str = r#"{"sub":"user_support"}"#;
const ID_PREFIX: &str = "act_of_";

/// Responds with 200 and an actor token with this id and status, for `user_1` and the actor
/// `{"sub":"user_support"}`. For any other user or actor, use [`clerk`].
///
/// The actor token has a `token` and a `url` only if it is `pending`. The status is a string or an
/// [`ActorTokenStatus`](clerk_core::ActorTokenStatus), and does not have to be one that exists.
///
/// # Errors
///
/// Never. The return type is that of a transport.
pub fn actor_token(
    id: impl AsRef<str>,
    status: impl AsRef<str>,
) -> Result<HttpResponse, TransportError> {
    raw(200, JSON, actor_token_json(id.as_ref(), status.as_ref(), USER_ID, ACTOR))
}

/// Responds to a request as Clerk does when nothing goes wrong.
///
/// A create gets a pending token for the user and the actor that it names. The id of the token
/// contains that of the user (`act_of_user_1`), so nothing has to be remembered: a revoke gets a
/// revoked token with the id that it names, for the user in that id (else `user_1`). A list of
/// sessions is empty, and a revoke of a session gets a revoked session with the id that it names. A
/// create without a user or an actor gets 422, and any other request gets 404.
///
/// # Errors
///
/// Never. The return type is that of a transport.
pub fn clerk(request: &HttpRequest) -> Result<HttpResponse, TransportError> {
    match Operation::of(request) {
        Some(Operation::Create(create)) => match (create.user_id(), create.actor()) {
            (Some(user_id), Some(actor)) => {
                // An id has at most 255 characters.
                let id: String = ID_PREFIX.chars().chain(user_id.chars()).take(255).collect();
                raw(200, JSON, actor_token_json(&id, "pending", &user_id, actor))
            }
            _ => clerk_errors(422, "form_param_missing"),
        },
        Some(Operation::Revoke(id)) => {
            let user_id = id.strip_prefix(ID_PREFIX).unwrap_or(USER_ID);
            raw(200, JSON, actor_token_json(id, "revoked", user_id, ACTOR))
        }
        Some(Operation::ListSessions(_)) => raw(200, JSON, "[]"),
        Some(Operation::RevokeSession(id)) => session(id, "revoked"),
        None => clerk_errors(404, "resource_not_found"),
    }
}

/// Responds with 200 and a session with this id and status, of `user_1` and with the actor
/// `{"sub":"user_support"}`.
///
/// The status is any string, and does not have to be one that exists.
///
/// # Errors
///
/// Never. The return type is that of a transport.
pub fn session(
    id: impl AsRef<str>,
    status: impl AsRef<str>,
) -> Result<HttpResponse, TransportError> {
    raw(200, JSON, session_json(id.as_ref(), status.as_ref(), USER_ID, ACTOR))
}

/// Responds to a list of sessions with these: an id, a status and an actor each. The actor is JSON
/// and is kept as it is; `null` makes a session that the user began.
///
/// All of them are of the user whose sessions the request lists, and on one page: the parameters
/// `limit` and `offset` do not matter. Any other request gets 404.
///
/// # Errors
///
/// Never. The return type is that of a transport.
///
/// # Examples
///
/// ```
/// use clerk_transport_mock::{MockHttpTransport, reply, request};
///
/// let mut clerk = MockHttpTransport::new();
/// clerk.expect_send().withf(request::is_session_list_for("user_1")).returning(|request| {
///     let actor = r#"{"sub":"user_support","audit_id":"audit_4711"}"#;
///     reply::sessions(&request, [("sess_1", "active", actor), ("sess_2", "active", "null")])
/// });
/// ```
pub fn sessions<'a>(
    request: &HttpRequest,
    sessions: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
) -> Result<HttpResponse, TransportError> {
    let Some(Operation::ListSessions(user_id)) = Operation::of(request) else {
        return clerk_errors(404, "resource_not_found");
    };
    let session = |(id, status, actor)| session_json(id, status, user_id, actor);
    let sessions: Vec<_> = sessions.into_iter().map(session).collect();
    raw(200, JSON, format!("[{}]", sessions.join(",")))
}

/// Responds with this status and a `ClerkErrors` body that has a single error, with this code.
///
/// # Errors
///
/// [`TransportErrorKind::Config`] if the status is outside 100 to 999.
pub fn clerk_errors(status: u16, code: &str) -> Result<HttpResponse, TransportError> {
    let error = json!({
        "message": "refused",
        "long_message": "The mock was told to refuse this request.",
        "code": code,
        "meta": {},
    });
    raw(status, JSON, json!({ "errors": [error], "clerk_trace_id": "trace_1" }).to_string())
}

/// Responds with 422, as if the monthly quota of impersonations were used up.
///
/// The code is `impersonation_limit_exceeded`, and `meta` is `{"limit":100,"used":100}`.
///
/// # Errors
///
/// None: the result is what [`HttpTransport::send`](clerk_core::HttpTransport::send) returns.
pub fn quota_used_up() -> Result<HttpResponse, TransportError> {
    let error = json!({
        "message": "Impersonation limit exceeded",
        "long_message": "Your application has reached the impersonation limit for your plan (100/100). The limit will reset at the beginning of the next billing period.",
        "code": "impersonation_limit_exceeded",
        "meta": { "limit": 100, "used": 100 },
    });
    raw(422, JSON, json!({ "errors": [error], "clerk_trace_id": "trace_1" }).to_string())
}

/// Responds with this status, content type (none if empty) and body.
///
/// # Errors
///
/// [`TransportErrorKind::Config`] if the status is outside 100 to 999, or the content type is not a
/// valid header value.
pub fn raw(
    status: u16,
    content_type: &str,
    body: impl Into<Body>,
) -> Result<HttpResponse, TransportError> {
    let mut response = HttpResponse::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).map_err(invalid)?;
    if !content_type.is_empty() {
        let content_type = HeaderValue::from_str(content_type).map_err(invalid)?;
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    Ok(response)
}

/// Fails. The request may have been sent, and may have taken effect.
///
/// # Errors
///
/// Always returns a [`TransportError`] of this kind.
pub fn failure(kind: TransportErrorKind) -> Result<HttpResponse, TransportError> {
    Err(failed(kind))
}

/// Fails. The request was certainly not sent.
///
/// # Errors
///
/// Always returns a [`TransportError`] of this kind.
pub fn failure_unsent(kind: TransportErrorKind) -> Result<HttpResponse, TransportError> {
    Err(failed(kind).with_sent(Sent::No))
}

pub(crate) fn failed(kind: TransportErrorKind) -> TransportError {
    TransportError::new(kind, "failure injected by the test")
}

/// Returns the error for a response that HTTP cannot carry.
pub(crate) fn invalid(error: impl StdError + Send + Sync + 'static) -> TransportError {
    TransportError::new(TransportErrorKind::Config, error).with_sent(Sent::No)
}

/// Formats an actor token. `actor` is JSON and is kept as it is.
fn actor_token_json(id: &str, status: &str, user_id: &str, actor: &str) -> String {
    let (token, url) = if status == "pending" {
        let token = format!("ticket_of_{id}");
        let url = format!("https://clerk.example.com/v1/tickets/accept?ticket={token}");
        (json!(token), json!(url))
    } else {
        (json!(null), json!(null))
    };
    let (id, status, user_id) = (json!(id), json!(status), json!(user_id));
    format!(
        r#"{{"object":"actor_token","id":{id},"status":{status},"user_id":{user_id},"actor":{actor},"token":{token},"url":{url},"created_at":1735689600000,"updated_at":1735689600000}}"#
    )
}

/// Formats a session. `actor` is JSON and is kept as it is.
fn session_json(id: &str, status: &str, user_id: &str, actor: &str) -> String {
    let (id, status, user_id) = (json!(id), json!(status), json!(user_id));
    format!(
        r#"{{"object":"session","id":{id},"user_id":{user_id},"client_id":"client_1","actor":{actor},"status":{status},"last_active_at":1735689600000,"expire_at":1735691400000,"abandon_at":1735690200000,"created_at":1735689600000,"updated_at":1735689600000}}"#
    )
}

#[cfg(test)]
mod tests {
    use clerk_core::{
        ActorTokenStatus, HttpRequest, HttpResponse, Sent, TransportErrorKind, http::Method,
    };
    use serde_json::{Value, json};

    use super::{
        actor_token, clerk, clerk_errors, failure, failure_unsent, raw, session, sessions,
    };

    fn body(response: &HttpResponse) -> Value {
        serde_json::from_slice(response.body().as_ref()).unwrap()
    }

    fn post(path: &str, body: String) -> HttpRequest {
        let mut request = HttpRequest::new(body.into());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path.parse().unwrap();
        request
    }

    #[test]
    fn a_pending_token_has_a_ticket() {
        let response = actor_token("act_1", ActorTokenStatus::Pending).unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        assert_eq!(
            body(&response),
            json!({
                "object": "actor_token",
                "id": "act_1",
                "status": "pending",
                "user_id": "user_1",
                "actor": { "sub": "user_support" },
                "token": "ticket_of_act_1",
                "url": "https://clerk.example.com/v1/tickets/accept?ticket=ticket_of_act_1",
                "created_at": 1_735_689_600_000_u64,
                "updated_at": 1_735_689_600_000_u64,
            })
        );
    }

    #[test]
    fn a_token_that_is_not_pending_has_no_ticket() {
        for status in ["accepted", "revoked", "\"odd\""] {
            let body = body(&actor_token("act_1", status).unwrap());
            assert_eq!(
                (&body["status"], &body["token"], &body["url"]),
                (&json!(status), &json!(null), &json!(null))
            );
        }
    }

    #[test]
    fn a_create_gets_its_own_user_and_actor_back() {
        let actor = r#"{ "sub":"a\"b","n":123456789012345678901234567890,"f":1.10 }"#;
        let create = post("/v1/actor_tokens", format!(r#"{{"user_id":"user_7","actor":{actor}}}"#));
        let response = clerk(&create).unwrap();
        let json = String::from_utf8(response.body().as_ref().to_vec()).unwrap();
        assert!(json.contains(actor), "{json}");
        assert_eq!(
            (&body(&response)["id"], &body(&response)["user_id"]),
            (&json!("act_of_user_7"), &json!("user_7"))
        );
    }

    #[test]
    fn the_longest_user_id_gets_a_valid_token_id() {
        let user_id = "u".repeat(255);
        let create =
            post("/v1/actor_tokens", format!(r#"{{"user_id":"{user_id}","actor":{{"sub":"a"}}}}"#));
        let body = body(&clerk(&create).unwrap());
        assert_eq!(
            (body["id"].as_str().unwrap().len(), body["user_id"].as_str().unwrap().len()),
            (255, 255)
        );
    }

    #[test]
    fn a_revoke_gets_its_own_token_back() {
        for (id, user_id) in [("act_of_user_7", "user_7"), ("act_1", "user_1")] {
            let body = body(
                &clerk(&post(&format!("/v1/actor_tokens/{id}/revoke"), String::new())).unwrap(),
            );
            assert_eq!(
                (&body["id"], &body["status"], &body["user_id"]),
                (&json!(id), &json!("revoked"), &json!(user_id))
            );
        }
    }

    fn list(user_id: &str) -> HttpRequest {
        let mut request = HttpRequest::default();
        let uri = format!("/v1/sessions?user_id={user_id}&limit=500&offset=0");
        *request.uri_mut() = uri.parse().unwrap();
        request
    }

    #[test]
    fn nobody_is_signed_in_unless_told_so() {
        assert_eq!(body(&clerk(&list("user_1")).unwrap()), json!([]));
        let revoke = post("/v1/sessions/sess_7/revoke", String::new());
        let body = body(&clerk(&revoke).unwrap());
        assert_eq!((&body["id"], &body["status"]), (&json!("sess_7"), &json!("revoked")));
    }

    #[test]
    fn sessions_have_the_user_of_the_list_and_the_actor_as_it_was_given() {
        let actor = r#"{ "sub":"a","n":123456789012345678901234567890,"f":1.10 }"#;
        let reply =
            sessions(&list("user_7"), [("sess_1", "active", actor), ("sess_2", "\"odd\"", "null")]);
        let response = reply.unwrap();
        let json = String::from_utf8(response.body().as_ref().to_vec()).unwrap();
        assert!(json.contains(actor), "{json}");
        let body = body(&response);
        assert_eq!((&body[0]["id"], &body[0]["user_id"]), (&json!("sess_1"), &json!("user_7")));
        assert_eq!((&body[1]["status"], &body[1]["actor"]), (&json!("\"odd\""), &json!(null)));
        assert_eq!(sessions(&HttpRequest::default(), []).unwrap().status(), 404);
    }

    #[test]
    fn a_session_is_that_of_the_usual_user_and_actor() {
        let body = body(&session("sess_1", "active").unwrap());
        assert_eq!(
            (&body["id"], &body["status"], &body["user_id"], &body["actor"]["sub"]),
            (&json!("sess_1"), &json!("active"), &json!("user_1"), &json!("user_support"))
        );
    }

    #[test]
    fn incomplete_creates_and_unknown_requests_are_refused() {
        assert_eq!(clerk(&HttpRequest::default()).unwrap().status(), 404);
        for body in ["", r#"{"user_id":"user_1"}"#, r#"{"actor":{"sub":"a"}}"#] {
            assert_eq!(
                clerk(&post("/v1/actor_tokens", body.to_owned())).unwrap().status(),
                422,
                "{body}"
            );
        }
    }

    #[test]
    fn a_refusal_has_the_shape_of_clerk_errors() {
        let response = clerk_errors(402, "\"code\"").unwrap();
        let body = body(&response);
        assert_eq!(
            (response.status().as_u16(), &body["errors"][0]["code"]),
            (402, &json!("\"code\""))
        );
        assert!(
            body["errors"][0]["long_message"].is_string() && body["clerk_trace_id"].is_string()
        );
    }

    #[test]
    fn an_invalid_response_is_a_failure_and_does_not_panic() {
        for status in [0, 99, 1000, u16::MAX] {
            assert_eq!(
                raw(status, "text/plain", "").unwrap_err().kind(),
                TransportErrorKind::Config,
                "{status}"
            );
            assert_eq!(
                clerk_errors(status, "c").unwrap_err().kind(),
                TransportErrorKind::Config,
                "{status}"
            );
        }
        assert_eq!(raw(200, "a\nb", "").unwrap_err().kind(), TransportErrorKind::Config);
        assert!(raw(200, "", "x").unwrap().headers().is_empty());
        for status in [100, 999] {
            assert_eq!(raw(status, "text/plain", "x").unwrap().status(), status);
        }
    }

    #[test]
    fn a_failure_states_whether_the_request_may_have_been_sent() {
        let maybe_sent = failure(TransportErrorKind::Io).unwrap_err();
        assert_eq!((maybe_sent.kind(), maybe_sent.sent()), (TransportErrorKind::Io, Sent::Maybe));
        let unsent = failure_unsent(TransportErrorKind::Connect).unwrap_err();
        assert_eq!((unsent.kind(), unsent.sent()), (TransportErrorKind::Connect, Sent::No));
    }
}
