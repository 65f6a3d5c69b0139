use std::{borrow::Cow, str};

use http::Method;

use super::{Operation, session_json::read_session};
use crate::{
    domain::{ActorTokenId, JsonError, SessionId, SessionState},
    error::{Mismatch, Reason},
    retry::Replay,
};

/// `POST /sessions/{session_id}/revoke`
#[derive(Debug)]
pub(crate) struct RevokeSession {
    session_id: SessionId,
}

impl RevokeSession {
    pub(crate) fn new(session_id: SessionId) -> Self {
        Self { session_id }
    }
}

impl Operation for RevokeSession {
    type Output = ();

    const NAME: &'static str = "sessions.revoke";
    const METHOD: Method = Method::POST;
    const PATH_TEMPLATE: &'static str = "/sessions/{session_id}/revoke";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Cow<'static, str> {
        format!("/sessions/{}/revoke", self.session_id).into()
    }

    fn body(&self) -> Option<String> {
        None
    }

    /// Accepts the same session, revoked or over for another reason.
    fn read(&self, body: &[u8]) -> Result<(), Mismatch> {
        let json =
            str::from_utf8(body).map_err(|_| Reason::Unreadable(JsonError::not_utf8(body)))?;
        let session = read_session(json)?;
        if session.id != self.session_id {
            return Err(Reason::AnotherSession.into());
        }
        if session.state == SessionState::Live {
            return Err(Reason::StillLive.into());
        }
        Ok(())
    }

    fn actor_token_id<'a>(&'a self, _: Option<&'a ()>) -> Option<&'a ActorTokenId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation as _, Reason, RevokeSession};

    fn revoke() -> RevokeSession {
        RevokeSession::new("sess_1".parse().unwrap())
    }

    #[test]
    fn the_path_names_the_session_and_the_body_is_empty() {
        assert_eq!(revoke().path(), "/sessions/sess_1/revoke");
        assert_eq!(revoke().body(), None);
    }

    #[test]
    fn success_is_the_same_session_that_is_over() {
        let read = |id: &str, status: &str| {
            let body = format!(r#"{{"object":"session","id":"{id}","status":"{status}"}}"#);
            revoke().read(body.as_bytes()).map_err(|mismatch| mismatch.reason)
        };
        assert_eq!(read("sess_1", "revoked"), Ok(()));
        assert_eq!(read("sess_1", "ended"), Ok(()));
        assert_eq!(read("sess_2", "revoked"), Err(Reason::AnotherSession));
        assert_eq!(read("sess_1", "active"), Err(Reason::StillLive));
        for body in [&b""[..], b"[]", b"\xff", b"<html>"] {
            let mismatch = revoke().read(body).unwrap_err();
            assert!(matches!(mismatch.reason, Reason::Unreadable(_)));
        }
    }
}
