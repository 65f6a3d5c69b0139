//! Sessions, as the Backend API lists and revokes them, and as a test sees them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod http_client;

use std::time::Duration;

use clerk_emulator::{
    AcceptError, Emulator, EndedSessionRevoke, NewToken, Session, SessionError, SessionStatus,
};
use http_client::{Request, Response, create};
use serde_json::{Value, json};

const ACTOR: &str = r#"{ "sub":"user_2", "n":1.10 }"#;

/// Begins an impersonated session of this user.
fn impersonate(emulator: &Emulator, user_id: &str) -> Session {
    let token = emulator.issue(NewToken::new(user_id, ACTOR)).unwrap();
    emulator.accept(&token.id).unwrap();
    emulator.sessions().pop().unwrap()
}

fn list(emulator: &Emulator, query: &str) -> Response {
    Request::get(emulator, format!("/v1/sessions{query}")).send(emulator)
}

/// Returns the ids of the sessions in an array.
fn ids(sessions: &Value) -> Vec<String> {
    let ids = sessions.as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

fn revoke(emulator: &Emulator, id: &str) -> Response {
    Request::post(emulator, format!("/v1/sessions/{id}/revoke")).send(emulator)
}

#[test]
fn accepting_a_token_begins_a_session_with_its_actor() {
    let emulator = Emulator::start().unwrap();
    let id = create(&emulator).id();
    assert!(emulator.sessions().is_empty());
    emulator.accept(&id).unwrap();
    let sessions = emulator.sessions();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].actor_token_id.as_ref(), Some(&id));
    assert_eq!(sessions[0].actor.as_deref(), Some(r#"{"sub":"user_2"}"#));
    assert!(emulator.accept(&id).is_err());
    assert_eq!(emulator.sessions().len(), 1);
}

#[test]
fn a_session_in_a_response_is_complete() {
    let emulator = Emulator::start().unwrap();
    let session = impersonate(&emulator, "user_1");
    let response = Request::get(&emulator, format!("/v1/sessions/{}", session.id)).send(&emulator);
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    assert_eq!(response.header("Clerk-Trace-Id").unwrap().len(), 32);
    assert!(response.body.contains(&format!(r#""actor":{ACTOR},"#)), "{}", response.body);
    let expected = json!({
        "object": "session",
        "id": session.id,
        "user_id": "user_1",
        "client_id": session.client_id,
        "actor": { "sub": "user_2", "n": 1.1 },
        "status": "active",
        "last_active_organization_id": null,
        "last_active_at": session.created_at,
        "expire_at": session.created_at + 1_800_000,
        "abandon_at": session.created_at + 600_000,
        "created_at": session.created_at,
        "updated_at": session.created_at,
    });
    assert_eq!(response.json(), expected);
    assert_eq!(list(&emulator, "").json(), json!([expected]));
}

#[test]
fn a_user_s_own_session_has_no_actor() {
    let emulator = Emulator::start().unwrap();
    let session = emulator.start_session("user_1");
    assert_eq!((&session.actor, &session.actor_token_id), (&None, &None));
    assert_eq!(session.client_id.len(), "client_".len() + 27, "{}", session.client_id);
    let listed = list(&emulator, "").json();
    assert_eq!(ids(&listed), [session.id]);
    assert_eq!(listed[0]["actor"], Value::Null);
}

#[test]
fn the_newest_session_is_listed_first() {
    let emulator = Emulator::start().unwrap();
    let mut started: Vec<_> = (0..3).map(|_| emulator.start_session("user_1").id).collect();
    started.reverse();
    assert_eq!(ids(&list(&emulator, "").json()), started);
}

#[test]
fn pages_do_not_overlap() {
    let emulator = Emulator::start().unwrap();
    let mut started: Vec<_> = (0..25).map(|_| emulator.start_session("user_1").id).collect();
    started.reverse();
    assert_eq!(ids(&list(&emulator, "").json()), started[..10], "ten by default");
    for (query, page) in [
        ("?limit=7", &started[..7]),
        ("?limit=7&offset=7", &started[7..14]),
        ("?limit=7&offset=21", &started[21..]),
        ("?limit=500", &started[..]),
        ("?offset=20", &started[20..]),
        ("?offset=25", &[]),
        ("?offset=1000000", &[]),
    ] {
        assert_eq!(ids(&list(&emulator, query).json()), page, "{query}");
        let paginated = list(&emulator, &format!("{query}&paginated=true")).json();
        assert_eq!(ids(&paginated["data"]), page, "{query}");
        assert_eq!(paginated["total_count"], 25, "{query}");
    }
}

#[test]
fn an_empty_list_has_both_shapes() {
    let emulator = Emulator::start().unwrap();
    assert_eq!(list(&emulator, "").body, "[]");
    assert_eq!(list(&emulator, "?paginated=false").body, "[]");
    assert_eq!(list(&emulator, "?paginated=true").body, r#"{"data":[],"total_count":0}"#);
}

#[test]
fn sessions_are_filtered_by_user_and_client() {
    let emulator = Emulator::start().unwrap();
    let [first, second, third] =
        ["user_1", "user_2", "user_1"].map(|user| impersonate(&emulator, user));
    assert_eq!(ids(&list(&emulator, "?user_id=user_1").json()), [third.id.as_str(), &first.id]);
    assert_eq!(ids(&list(&emulator, "?user_id=user%5F2").json()), [second.id.as_str()]);
    assert_eq!(list(&emulator, "?user_id=user_3").body, "[]");
    let of_client = list(&emulator, &format!("?client_id={}", third.client_id)).json();
    assert_eq!(ids(&of_client), [third.id]);
    let of_both = format!("?client_id={}&user_id=user_2&paginated=true", first.client_id);
    assert_eq!(list(&emulator, &of_both).json(), json!({ "data": [], "total_count": 0 }));
}

#[test]
fn sessions_are_filtered_by_every_status_but_pending() {
    use SessionStatus::{Abandoned, Active, Ended, Expired, Pending, Removed, Replaced, Revoked};

    let emulator = Emulator::start().unwrap();
    let all = [Active, Pending, Ended, Removed, Replaced, Expired, Abandoned, Revoked];
    for status in all {
        let session = emulator.start_session("user_1");
        assert_eq!(emulator.set_session_status(&session.id, status).unwrap().status, status);
    }
    assert_eq!(list(&emulator, "").json().as_array().unwrap().len(), 8, "pending is listed");
    for status in all {
        let response = list(&emulator, &format!("?status={status}"));
        if status == Pending {
            assert_eq!(response.status(), 422);
        } else {
            let found = response.json();
            assert_eq!(found.as_array().unwrap().len(), 1, "{status}");
            assert_eq!(found[0]["status"], status.as_str());
        }
    }
}

#[test]
fn an_invalid_parameter_is_refused() {
    let emulator = Emulator::start().unwrap();
    for (query, name) in [
        ("?limit=0", "limit"),
        ("?limit=501", "limit"),
        ("?offset=-1", "offset"),
        ("?status=live", "status"),
        ("?paginated=1", "paginated"),
    ] {
        let response = list(&emulator, query);
        assert_eq!(response.status(), 422, "{query}");
        assert_eq!(response.error()["code"], "form_param_value_invalid");
        assert_eq!(response.error()["meta"], json!({ "param_name": name }));
    }
    let both = list(&emulator, "?limit=0&offset=x").json();
    assert_eq!(both["errors"].as_array().unwrap().len(), 2);
    assert_eq!(list(&emulator, "?colour=red").status(), 200);
}

#[test]
fn a_live_session_can_be_revoked_once() {
    let emulator = Emulator::start().unwrap();
    for session in [impersonate(&emulator, "user_1"), emulator.start_session("user_1")] {
        let revoked = revoke(&emulator, &session.id).json();
        assert_eq!((&revoked["id"], &revoked["status"]), (&json!(session.id), &json!("revoked")));
        assert_eq!(emulator.session(&session.id).unwrap().status, SessionStatus::Revoked);
        let again = revoke(&emulator, &session.id);
        assert_eq!((again.status(), again.code().as_str()), (400, "session_cannot_be_revoked"));
        let over = SessionError::NotLive(SessionStatus::Revoked);
        assert_eq!(emulator.revoke_session(&session.id), Err(over));
    }
}

#[test]
fn revoking_an_ended_session_can_be_set_to_succeed() {
    let emulator =
        Emulator::builder().ended_session_revoke(EndedSessionRevoke::Succeeds).start().unwrap();
    let ended = emulator.start_session("user_1");
    let ended = emulator.end_session(&ended.id).unwrap();
    let response = revoke(&emulator, &ended.id);
    assert_eq!((response.status(), &response.json()["status"]), (200, &json!("ended")));
    assert_eq!(emulator.revoke_session(&ended.id), Ok(ended));
    assert_eq!(revoke(&emulator, "sess_unknown").status(), 404);
}

#[test]
fn a_session_that_does_not_exist_is_not_found() {
    let emulator = Emulator::start().unwrap();
    let get = Request::get(&emulator, "/v1/sessions/sess_unknown");
    let revoke = Request::post(&emulator, "/v1/sessions/sess_unknown/revoke");
    for request in [get, revoke] {
        let response = request.send(&emulator);
        assert_eq!(
            (response.status(), response.code().as_str()),
            (404, "resource_not_found"),
            "{}",
            request.path
        );
    }
    assert_eq!(emulator.session("sess_unknown"), None);
    assert_eq!(emulator.end_session("sess_unknown"), Err(SessionError::NotFound));
    assert_eq!(emulator.revoke_session("sess_unknown"), Err(SessionError::NotFound));
    let unknown = emulator.set_session_status("sess_unknown", SessionStatus::Ended);
    assert_eq!(unknown, Err(SessionError::NotFound));
}

#[test]
fn ten_idle_minutes_end_an_impersonated_session_but_not_the_user_s_own() {
    let emulator = Emulator::start().unwrap();
    let own = emulator.start_session("user_1").id;
    let impersonated = impersonate(&emulator, "user_1").id;
    emulator.advance(Duration::from_secs(500));
    emulator.touch_session(&impersonated).unwrap();
    emulator.advance(Duration::from_secs(500));
    let active = list(&emulator, "?status=active").json();
    assert_eq!(ids(&active), [impersonated.as_str(), &own]);
    emulator.advance(Duration::from_secs(100));
    assert_eq!(ids(&list(&emulator, "?status=active").json()), [own]);
    assert_eq!(ids(&list(&emulator, "?status=abandoned").json()), [impersonated.as_str()]);
    let over = SessionError::NotLive(SessionStatus::Abandoned);
    assert_eq!(emulator.touch_session(&impersonated), Err(over));
}

#[test]
fn the_maximum_duration_ends_a_session_however_active_it_is() {
    let emulator = Emulator::start().unwrap();
    let id = impersonate(&emulator, "user_1").id;
    for _ in 0..3 {
        emulator.touch_session(&id).unwrap();
        emulator.advance(Duration::from_secs(599));
    }
    emulator.touch_session(&id).unwrap();
    emulator.advance(Duration::from_secs(3));
    assert_eq!(ids(&list(&emulator, "?status=expired").json()), [id.as_str()]);
    assert_eq!(revoke(&emulator, &id).status(), 400);
}

#[test]
fn deleting_a_user_ends_the_user_s_sessions() {
    let emulator = Emulator::start().unwrap();
    let token = emulator.issue(NewToken::new("user_1", ACTOR)).unwrap();
    let (own, other) = (emulator.start_session("user_1"), emulator.start_session("user_2"));
    emulator.delete_user("user_1");
    assert_eq!(emulator.session(&own.id).unwrap().status, SessionStatus::Removed);
    assert_eq!(emulator.session(&other.id), Some(other));
    assert_eq!(emulator.accept(&token.id), Err(AcceptError::UserNotFound));
    assert_eq!(create(&emulator).status(), 404);
}
