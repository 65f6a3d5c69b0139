use super::{Actor, Session, SessionId, SessionState};

/// The live sessions of a user in which somebody with an actor's `sub` acts as the user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveSessions {
    /// Those of the same actor.
    pub(crate) same: Vec<SessionId>,
    /// Those of another actor with the same `sub`.
    pub(crate) similar: Vec<SessionId>,
}

impl LiveSessions {
    /// Picks the sessions of an actor from those of a user.
    pub(crate) fn of<'a>(actor: &Actor, sessions: impl IntoIterator<Item = &'a Session>) -> Self {
        let mut live = Self::default();
        for Session { id, state, actor: claims, .. } in sessions {
            let Some(claims) = claims.as_ref().filter(|_| *state == SessionState::Live) else {
                continue;
            };
            if claims.same_json(actor.claims()) {
                live.same.push(id.clone());
            } else if claims.sub() == Some(actor.sub()) {
                live.similar.push(id.clone());
            }
        }
        live
    }
}

#[cfg(test)]
mod tests {
    use super::{Actor, LiveSessions, Session, SessionState};
    use crate::domain::Claims;

    fn session(id: &str, status: &str, actor: Option<&str>) -> Session {
        Session {
            id: id.parse().unwrap(),
            user_id: None,
            state: SessionState::of_status(status),
            actor: actor.map(|actor| Claims::from_json(actor).unwrap()),
        }
    }

    #[test]
    fn sessions_are_told_apart_by_the_whole_actor() {
        let actor = Actor::from_json(r#"{"sub":"a","audit_id":9007199254740993}"#).unwrap();
        let sessions = [
            session("own", "active", None),
            session("another_sub", "active", Some(r#"{"sub":"b","audit_id":9007199254740993}"#)),
            session("without_sub", "active", Some("{}")),
            session("similar", "active", Some(r#"{"sub":"a","audit_id":9007199254740992}"#)),
            session("same", "active", Some(r#"{"sub":"a","audit_id":9007199254740993}"#)),
            session("similar_too", "pending", Some(r#"{"sub":"a"}"#)),
            session("reordered", "pending", Some(r#"{"audit_id":9007199254740993.0,"sub":"a"}"#)),
            session("over", "ended", Some(r#"{"sub":"a","audit_id":9007199254740993}"#)),
            session("similar_but_over", "expired", Some(r#"{"sub":"a"}"#)),
        ];
        let live = LiveSessions::of(&actor, &sessions);
        let ids = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
        let expected = LiveSessions {
            same: ids(&["same", "reordered"]),
            similar: ids(&["similar", "similar_too"]),
        };
        assert_eq!(live, expected);
    }
}
