use std::borrow::Cow;

use crate::{
    domain::{
        ActorToken, ActorTokenId, ActorTokenStatus, Claims, JsonError, JsonValue, Secret,
        UnixMillis, UserId, for_each_member, lossy,
    },
    error::{Mismatch, Reason},
};

/// The members found in the body of a success, each as its JSON text, and what kept the body from
/// being read to the end.
#[derive(Default)]
struct ActorTokenJson<'a> {
    object: Option<JsonValue<'a>>,
    id: Option<JsonValue<'a>>,
    status: Option<JsonValue<'a>>,
    user_id: Option<JsonValue<'a>>,
    actor: Option<JsonValue<'a>>,
    token: Option<JsonValue<'a>>,
    url: Option<JsonValue<'a>>,
    created_at: Option<JsonValue<'a>>,
    updated_at: Option<JsonValue<'a>>,
    clerk_trace_id: Option<JsonValue<'a>>,
    error: Option<JsonError>,
}

/// Reads the body of a success: the actor token if it is one and passes `check`, or else what could
/// be salvaged from it.
pub(super) fn read_actor_token(
    body: &[u8],
    check: impl FnOnce(&ActorToken) -> Result<(), Reason>,
) -> Result<ActorToken, Mismatch> {
    // In a body that is not UTF-8, the members that are valid can still be read.
    let json = lossy(body);
    let mut found = ActorTokenJson::parse(&json);
    if let Cow::Owned(_) = json {
        found.error = Some(JsonError::not_utf8(body));
    }
    found.actor_token().and_then(|token| check(&token).map(|()| token)).map_err(|reason| Mismatch {
        reason,
        actor_token_id: found.id(),
        trace_id: found.trace_id(),
    })
}

impl<'a> ActorTokenJson<'a> {
    fn parse(json: &'a str) -> Self {
        let mut found = Self::default();
        let end = for_each_member(json, |name, value| {
            let member = match &*name {
                "object" => &mut found.object,
                "id" => &mut found.id,
                "status" => &mut found.status,
                "user_id" => &mut found.user_id,
                "actor" => &mut found.actor,
                "token" => &mut found.token,
                "url" => &mut found.url,
                "created_at" => &mut found.created_at,
                "updated_at" => &mut found.updated_at,
                "clerk_trace_id" => &mut found.clerk_trace_id,
                _ => return,
            };
            *member = Some(value).filter(|value| !value.is_null());
        });
        found.error = end.err();
        found
    }

    /// Returns the id, even if nothing else could be read.
    fn id(&self) -> Option<ActorTokenId> {
        ActorTokenId::new(self.id?.string()?).ok()
    }

    fn trace_id(&self) -> Option<String> {
        self.clerk_trace_id?.string().map(Cow::into_owned)
    }

    fn actor_token(&self) -> Result<ActorToken, Reason> {
        if let Some(error) = &self.error {
            return Err(Reason::Unreadable(error.clone()));
        }
        if self.object.and_then(JsonValue::string).as_deref() != Some("actor_token") {
            return Err(Reason::Member("object"));
        }
        Ok(ActorToken {
            id: self.id().ok_or(Reason::Member("id"))?,
            status: self
                .status
                .and_then(JsonValue::string)
                .map(ActorTokenStatus::from_name)
                .ok_or(Reason::Member("status"))?,
            user_id: self
                .user_id
                .and_then(JsonValue::string)
                .and_then(|id| UserId::new(id).ok())
                .ok_or(Reason::Member("user_id"))?,
            actor: optional("actor", self.actor, |actor| {
                Claims::parse(actor.raw().get().to_owned()).ok()
            })?
            .unwrap_or_default(),
            token: optional("token", self.token, secret)?,
            url: optional("url", self.url, secret)?,
            created_at: timestamp("created_at", self.created_at)?,
            updated_at: timestamp("updated_at", self.updated_at)?,
        })
    }
}

fn secret(value: JsonValue<'_>) -> Option<Secret> {
    value.string().map(|text| Secret::new(text.into_owned()))
}

fn timestamp(member: &'static str, value: Option<JsonValue<'_>>) -> Result<UnixMillis, Reason> {
    value.and_then(|value| UnixMillis::from_json(value.raw().get())).ok_or(Reason::Member(member))
}

/// Reads a member that may be missing, but not invalid.
fn optional<'a, T>(
    member: &'static str,
    value: Option<JsonValue<'a>>,
    read: impl FnOnce(JsonValue<'a>) -> Option<T>,
) -> Result<Option<T>, Reason> {
    value.map(|value| read(value).ok_or(Reason::Member(member))).transpose()
}

#[cfg(test)]
mod tests {
    use super::{
        ActorToken, ActorTokenJson, ActorTokenStatus, Reason, UnixMillis, read_actor_token,
    };

    const WHOLE: &str = r#"{"object":"actor_token","id":"act_1","status":"pending","user_id":"user_1",
        "actor":{"sub":"a","n":1.10},"token":"t\"1","url":"https:\/\/u","created_at":1638000669544,"updated_at":1638000669545}"#;

    fn read(json: &str) -> Result<ActorToken, Reason> {
        read_actor_token(json.as_bytes(), |_| Ok(())).map_err(|mismatch| mismatch.reason)
    }

    #[test]
    fn every_member_is_read() {
        let token = read(WHOLE).unwrap();
        assert_eq!(
            (token.id.as_str(), token.status, token.user_id.as_str()),
            ("act_1", ActorTokenStatus::Pending, "user_1")
        );
        assert_eq!(token.actor.as_json(), r#"{"sub":"a","n":1.10}"#);
        assert_eq!(
            (token.token.unwrap().expose(), token.url.unwrap().expose()),
            ("t\"1", "https://u")
        );
        assert_eq!(
            (token.created_at, token.updated_at),
            (UnixMillis::new(1_638_000_669_544), UnixMillis::new(1_638_000_669_545))
        );
    }

    #[test]
    fn new_members_are_ignored_and_new_statuses_kept() {
        let json = WHOLE
            .replace("\"pending\"", "\"expired\"")
            .replace("{\"object\"", "{\"new\":{\"a\":[1]},\"object\"");
        assert_eq!(read(&json).unwrap().status, ActorTokenStatus::Unknown("expired".to_owned()));
    }

    #[test]
    fn optional_members_may_be_missing_or_null() {
        let bare = r#"{"object":"actor_token","id":"act_1","status":"pending","user_id":"u","created_at":-1,"updated_at":1.7e12"#;
        for json in
            [format!("{bare}}}"), format!(r#"{bare},"actor":null,"token":null,"url":null}}"#)]
        {
            let token = read(&json).unwrap();
            assert!(token.actor.is_empty() && token.token.is_none() && token.url.is_none());
            assert_eq!(
                (token.created_at, token.updated_at),
                (UnixMillis::new(-1), UnixMillis::new(1_700_000_000_000))
            );
        }
        assert!(read(&format!(r#"{bare},"actor":{{}}}}"#)).unwrap().actor.is_empty());
    }

    #[test]
    fn missing_and_invalid_members_are_named() {
        for (member, broken) in [
            ("object", WHOLE.replace("actor_token", "user")),
            ("object", WHOLE.replace("\"object\"", "\"o\"")),
            ("id", WHOLE.replace("\"act_1\"", "\"../x\"")),
            ("id", WHOLE.replace("\"act_1\"", "7")),
            ("status", WHOLE.replace("\"pending\"", "null")),
            ("user_id", WHOLE.replace("\"user_1\"", "\"\"")),
            ("actor", WHOLE.replace(r#"{"sub":"a","n":1.10}"#, "\"a\"")),
            ("token", WHOLE.replace(r#""t\"1""#, "1")),
            ("url", WHOLE.replace(r#""https:\/\/u""#, "[]")),
            ("created_at", WHOLE.replace("1638000669544", "\"now\"")),
            ("updated_at", WHOLE.replace("1638000669545", "1e400")),
            ("updated_at", WHOLE.replace("\"updated_at\"", "\"u\"")),
        ] {
            assert_eq!(read(&broken).unwrap_err(), Reason::Member(member), "{broken}");
        }
    }

    #[test]
    fn the_id_survives_a_body_that_is_cut_after_it() {
        let after_id = WHOLE.find("\"status\"").unwrap();
        for end in after_id..WHOLE.len() {
            let found = ActorTokenJson::parse(&WHOLE[..end]);
            assert_eq!(found.id().unwrap().as_str(), "act_1");
            assert!(matches!(found.actor_token(), Err(Reason::Unreadable(_))));
        }
    }

    #[test]
    fn the_id_survives_invalid_utf8_around_it() {
        let id_of = |body: &[u8]| {
            let mismatch = read_actor_token(body, |_| Ok(())).unwrap_err();
            assert!(matches!(mismatch.reason, Reason::Unreadable(_)), "{mismatch:?}");
            mismatch.actor_token_id.map(|id| id.to_string())
        };
        for body in [
            [WHOLE.as_bytes(), b"\xff}"].concat(),
            [WHOLE.as_bytes(), b"\xff"].concat(),
            [b"{\"new\":\"\xff\",", &WHOLE.as_bytes()[1..]].concat(),
            [b"{\"\xff\":1,", &WHOLE.as_bytes()[1..]].concat(),
        ] {
            assert_eq!(id_of(&body).as_deref(), Some("act_1"));
        }
        assert_eq!(id_of(b"\xff"), None);
        assert_eq!(id_of(b"{\"id\":\"act_\xff\"}"), None);
    }

    #[test]
    fn an_unpaired_surrogate_hides_no_member_after_it() {
        let json = WHOLE.replace("{\"object\"", r#"{"\ud800":1,"a\udc00b":"\ud800","object""#);
        assert_eq!(read(&json).unwrap().id.as_str(), "act_1");
    }

    #[test]
    fn the_last_value_of_a_repeated_member_counts() {
        assert_eq!(
            read(&WHOLE.replace("\"id\":", "\"id\":\"act_0\",\"id\":")).unwrap().id.as_str(),
            "act_1"
        );
    }

    #[test]
    fn non_objects_are_unreadable() {
        for body in ["", "null", "[]", "\"a\"", "<html>", "{} {}"] {
            assert!(matches!(read(body), Err(Reason::Unreadable(_))), "{body}");
        }
        assert_eq!(read("{}").unwrap_err(), Reason::Member("object"));
    }
}
