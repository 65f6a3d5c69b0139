use crate::{
    domain::{Claims, JsonValue, Session, SessionId, SessionState, UserId, for_each_member},
    error::Reason,
};

/// The members of a session, each as its JSON text.
#[derive(Default)]
struct SessionJson<'a> {
    id: Option<JsonValue<'a>>,
    user_id: Option<JsonValue<'a>>,
    status: Option<JsonValue<'a>>,
    actor: Option<JsonValue<'a>>,
}

/// Reads a session.
pub(super) fn read_session(json: &str) -> Result<Session, Reason> {
    let mut found = SessionJson::default();
    for_each_member(json, |name, value| {
        let member = match &*name {
            "id" => &mut found.id,
            "user_id" => &mut found.user_id,
            "status" => &mut found.status,
            "actor" => &mut found.actor,
            _ => return,
        };
        *member = Some(value).filter(|value| !value.is_null());
    })
    .map_err(Reason::Unreadable)?;
    let user_id = |value: JsonValue<'_>| {
        value.string().and_then(|id| UserId::new(id).ok()).ok_or(Reason::Member("user_id"))
    };
    Ok(Session {
        id: found
            .id
            .and_then(JsonValue::string)
            .and_then(|id| SessionId::new(id).ok())
            .ok_or(Reason::Member("id"))?,
        user_id: found.user_id.map(user_id).transpose()?,
        state: found
            .status
            .and_then(JsonValue::string)
            .map(|status| SessionState::of_status(&status))
            .ok_or(Reason::Member("status"))?,
        actor: found
            .actor
            .map(|actor| Claims::parse(actor.raw().get().to_owned()))
            .transpose()
            .map_err(|_| Reason::Member("actor"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Reason, SessionState, read_session};

    #[test]
    fn what_is_needed_is_read() {
        let session = read_session(
            r#"{"object":"session","id":"sess_\u0031","user_id":"user_1","client_id":"client_1",
                "status":"active","actor":{ "sub":"a","n":1.10 },"latest_activity":{"id":"x"}}"#,
        )
        .unwrap();
        assert_eq!(session.id.as_str(), "sess_1");
        assert_eq!(session.user_id.unwrap().as_str(), "user_1");
        assert_eq!(session.state, SessionState::Live);
        assert_eq!(session.actor.unwrap().as_json(), r#"{ "sub":"a","n":1.10 }"#);
    }

    #[test]
    fn the_actor_and_the_user_may_be_missing() {
        for json in [
            r#"{"id":"sess_1","status":"revoked"}"#,
            r#"{"id":"sess_1","status":"revoked","user_id":null,"actor":null}"#,
        ] {
            let session = read_session(json).unwrap();
            assert!(session.actor.is_none() && session.user_id.is_none());
            assert_eq!(session.state, SessionState::Over);
        }
    }

    #[test]
    fn missing_and_invalid_members_are_named() {
        for (json, member) in [
            (r#"{"status":"active"}"#, "id"),
            (r#"{"id":"../x","status":"active"}"#, "id"),
            (r#"{"id":7,"status":"active"}"#, "id"),
            (r#"{"id":"sess_1"}"#, "status"),
            (r#"{"id":"sess_1","status":1}"#, "status"),
            (r#"{"id":"sess_1","status":"active","user_id":"a/b"}"#, "user_id"),
            (r#"{"id":"sess_1","status":"active","user_id":7}"#, "user_id"),
            (r#"{"id":"sess_1","status":"active","actor":"a"}"#, "actor"),
            (r#"{"id":"sess_1","status":"active","actor":[]}"#, "actor"),
        ] {
            assert_eq!(read_session(json).unwrap_err(), Reason::Member(member), "{json}");
        }
        for json in ["null", "[]", "\"sess_1\"", "{"] {
            assert!(matches!(read_session(json), Err(Reason::Unreadable(_))), "{json}");
        }
    }
}
