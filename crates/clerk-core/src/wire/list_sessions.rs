use std::{borrow::Cow, str};

use http::Method;
use serde_json::value::RawValue;

use super::{Operation, session_json::read_session};
use crate::{
    domain::{Actor, ActorTokenId, JsonError, LiveSessions, Session, UserId, for_each_member},
    error::{Mismatch, Reason},
    retry::Replay,
};

/// `GET /sessions`: a page of a user's sessions, the newest first, whatever their status.
///
/// Without a filter for the status, because that does not take `pending`, and because sessions
/// would leave a filtered list while they are revoked.
#[derive(Debug)]
pub(crate) struct ListSessions {
    user_id: UserId,
    offset: usize,
    /// How many pages were read before.
    pages: usize,
    /// The actor of whom no session may be live.
    over: Option<Actor>,
}

/// A page of a list of sessions.
#[derive(Debug)]
pub(crate) struct SessionPage {
    pub(super) sessions: Vec<Session>,
    /// The number of sessions on all pages. Only one of the two shapes of a list has it.
    pub(super) total_count: Option<usize>,
}

impl ListSessions {
    /// The most that Clerk puts on a page.
    pub(super) const LIMIT: usize = 500;

    /// More pages than any user fills. A list that has them is not what was asked for.
    const MAX_PAGES: usize = 500;

    pub(super) fn new(user_id: UserId, offset: usize, pages: usize) -> Self {
        Self { user_id, offset, pages, over: None }
    }

    /// Expects that no session of this actor is live.
    pub(crate) fn expecting_none_of(self, actor: Actor) -> Self {
        Self { over: Some(actor), ..self }
    }
}

impl Operation for ListSessions {
    type Output = SessionPage;

    const NAME: &'static str = "sessions.list";
    const METHOD: Method = Method::GET;
    const PATH_TEMPLATE: &'static str = "/sessions";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Cow<'static, str> {
        // No id contains a character that a query would have to escape.
        let (limit, offset) = (Self::LIMIT, self.offset);
        format!("/sessions?user_id={}&limit={limit}&offset={offset}", self.user_id).into()
    }

    fn body(&self) -> Option<String> {
        None
    }

    /// Reads a page in either shape: an array, or an object with the array as `data`.
    fn read(&self, body: &[u8]) -> Result<SessionPage, Mismatch> {
        let json =
            str::from_utf8(body).map_err(|_| Reason::Unreadable(JsonError::not_utf8(body)))?;
        let page = if json.trim_start().starts_with('[') {
            SessionPage { sessions: read_sessions(json)?, total_count: None }
        } else {
            read_object(json)?
        };
        let is_foreign = |session: &Session| {
            session.user_id.as_ref().is_some_and(|user_id| *user_id != self.user_id)
        };
        // A crossed or cached response would end sessions of another user.
        if page.sessions.iter().any(is_foreign) {
            return Err(Reason::SessionOfAnotherUser.into());
        }
        if self.pages >= Self::MAX_PAGES {
            return Err(Reason::EndlessList.into());
        }
        // There would be more on a page after it, which never comes.
        if page.sessions.is_empty() && page.total_count.is_some_and(|count| count > self.offset) {
            return Err(Reason::Member("data").into());
        }
        let is_live = |actor| !LiveSessions::of(actor, &page.sessions).same.is_empty();
        if self.over.as_ref().is_some_and(is_live) {
            return Err(Reason::StillLive.into());
        }
        Ok(page)
    }

    fn actor_token_id<'a>(&'a self, _: Option<&'a SessionPage>) -> Option<&'a ActorTokenId> {
        None
    }
}

fn read_object(json: &str) -> Result<SessionPage, Reason> {
    let (mut data, mut total_count) = (None, None);
    for_each_member(json, |name, value| match &*name {
        "data" => data = Some(value.raw()),
        "total_count" => total_count = Some(value.raw()).filter(|_| !value.is_null()),
        _ => {}
    })
    .map_err(Reason::Unreadable)?;
    let data = data.filter(|data| data.get().starts_with('[')).ok_or(Reason::Member("data"))?;
    let count = |value: &RawValue| value.get().parse().map_err(|_| Reason::Member("total_count"));
    Ok(SessionPage {
        sessions: read_sessions(data.get())?,
        total_count: total_count.map(count).transpose()?,
    })
}

fn read_sessions(array: &str) -> Result<Vec<Session>, Reason> {
    let sessions: Vec<&RawValue> =
        serde_json::from_str(array).map_err(|error| Reason::Unreadable(error.into()))?;
    sessions.into_iter().map(|session| read_session(session.get())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Actor, ListSessions, Operation as _, Reason, SessionPage};

    fn list(offset: usize) -> ListSessions {
        ListSessions::new("user_1".parse().unwrap(), offset, 0)
    }

    fn read(json: impl AsRef<[u8]>) -> Result<SessionPage, Reason> {
        list(0).read(json.as_ref()).map_err(|mismatch| mismatch.reason)
    }

    fn ids(page: &SessionPage) -> Vec<&str> {
        page.sessions.iter().map(|session| session.id.as_str()).collect()
    }

    const LIVE: &str =
        r#"{"id":"sess_1","user_id":"user_1","status":"active","actor":{"sub":"a"}}"#;
    const OVER: &str = r#"{"id":"sess_2","user_id":"user_1","status":"ended","actor":{"sub":"a"}}"#;

    #[test]
    fn the_query_names_the_user_and_the_page_and_no_status() {
        assert_eq!(list(0).path(), "/sessions?user_id=user_1&limit=500&offset=0");
        assert_eq!(list(499).path(), "/sessions?user_id=user_1&limit=500&offset=499");
        assert_eq!(list(0).body(), None);
    }

    #[test]
    fn both_shapes_are_read() {
        let array = read(format!(" [{LIVE}, {OVER}]\n")).unwrap();
        assert_eq!((ids(&array), array.total_count), (vec!["sess_1", "sess_2"], None));
        let page = read(format!(r#"{{"data":[{LIVE},{OVER}],"total_count":7,"new":1}}"#)).unwrap();
        assert_eq!((ids(&page), page.total_count), (vec!["sess_1", "sess_2"], Some(7)));
        for uncounted in [r#"{"data":[]}"#, r#"{"data":[],"total_count":null}"#, "[]"] {
            let page = read(uncounted).unwrap();
            assert!(page.sessions.is_empty() && page.total_count.is_none());
        }
    }

    #[test]
    fn anything_else_is_unreadable() {
        for json in ["", "null", "7", "\"[]\"", "[", "[{}", "[]]", "<html>", r#"{"data":["#] {
            assert!(matches!(read(json), Err(Reason::Unreadable(_))), "{json}");
        }
        for json in ["[null]", "[7]", "[[]]", r#"{"data":[null]}"#] {
            assert!(matches!(read(json), Err(Reason::Unreadable(_))), "{json}");
        }
        for json in ["{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"sessions":[]}"#] {
            assert_eq!(read(json).unwrap_err(), Reason::Member("data"), "{json}");
        }
        for count in ["-1", "1.5", "\"1\"", "[]"] {
            let json = format!(r#"{{"data":[],"total_count":{count}}}"#);
            assert_eq!(read(json).unwrap_err(), Reason::Member("total_count"), "{count}");
        }
        assert!(matches!(read(b"[\xff]"), Err(Reason::Unreadable(_))));
    }

    #[test]
    fn one_session_that_cannot_be_read_makes_the_list_unreadable() {
        let error = read(format!(r#"[{LIVE},{{"id":"sess_3"}}]"#)).unwrap_err();
        assert_eq!(error, Reason::Member("status"));
    }

    #[test]
    fn a_session_of_another_user_is_a_mismatch() {
        let json = format!("[{LIVE},{}]", OVER.replace("user_1", "user_2"));
        assert_eq!(read(json).unwrap_err(), Reason::SessionOfAnotherUser);
    }

    #[test]
    fn a_live_session_is_a_mismatch_if_none_is_expected() {
        let read = |actor, json: String| {
            let list = list(0).expecting_none_of(Actor::new(actor).unwrap());
            list.read(json.as_bytes()).map(|_| ()).map_err(|mismatch| mismatch.reason)
        };
        assert_eq!(read("a", format!("[{OVER},{LIVE}]")), Err(Reason::StillLive));
        assert_eq!(read("a", format!("[{OVER}]")), Ok(()));
        assert_eq!(read("b", format!("[{LIVE}]")), Ok(()));
    }

    #[test]
    fn a_list_that_goes_on_and_on_is_a_mismatch() {
        let read = |pages| {
            let list = ListSessions::new("user_1".parse().unwrap(), 0, pages);
            list.read(b"[]").map(|_| ()).map_err(|mismatch| mismatch.reason)
        };
        assert_eq!((read(499), read(500)), (Ok(()), Err(Reason::EndlessList)));
    }

    #[test]
    fn an_empty_page_before_the_end_is_a_mismatch() {
        let read = |offset| {
            let json = br#"{"data":[],"total_count":2}"#;
            list(offset).read(json).map(|_| ()).map_err(|mismatch| mismatch.reason)
        };
        for offset in [0, 1] {
            assert_eq!(read(offset), Err(Reason::Member("data")), "{offset}");
        }
        assert_eq!(read(2), Ok(()));
    }
}
