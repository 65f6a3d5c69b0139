use std::borrow::Cow;

use http::Method;

use super::{Operation, actor_token_json::read_actor_token};
use crate::{
    domain::{ActorToken, ActorTokenId, ActorTokenStatus},
    error::{Mismatch, Reason},
    retry::Replay,
};

/// `POST /actor_tokens/{actor_token_id}/revoke`
#[derive(Debug)]
pub(crate) struct RevokeToken {
    actor_token_id: ActorTokenId,
}

impl RevokeToken {
    pub(crate) fn new(actor_token_id: ActorTokenId) -> Self {
        Self { actor_token_id }
    }
}

impl Operation for RevokeToken {
    type Output = ActorToken;

    const NAME: &'static str = "actor_tokens.revoke";
    const METHOD: Method = Method::POST;
    const PATH_TEMPLATE: &'static str = "/actor_tokens/{actor_token_id}/revoke";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Cow<'static, str> {
        format!("/actor_tokens/{}/revoke", self.actor_token_id).into()
    }

    fn body(&self) -> Option<String> {
        None
    }

    fn read(&self, body: &[u8]) -> Result<ActorToken, Mismatch> {
        read_actor_token(body, |token| {
            if token.id != self.actor_token_id {
                return Err(Reason::AnotherToken);
            }
            if token.status != ActorTokenStatus::Revoked {
                return Err(Reason::NotRevoked);
            }
            Ok(())
        })
    }

    fn actor_token_id<'a>(&'a self, _: Option<&'a ActorToken>) -> Option<&'a ActorTokenId> {
        Some(&self.actor_token_id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation as _, Reason, RevokeToken};

    fn revoke() -> RevokeToken {
        RevokeToken::new("act_1".parse().unwrap())
    }

    fn body(id: &str, status: &str) -> String {
        format!(
            r#"{{"object":"actor_token","id":"{id}","status":"{status}","user_id":"u","created_at":1,"updated_at":1}}"#
        )
    }

    #[test]
    fn the_path_names_the_token_and_the_body_is_empty() {
        assert_eq!(revoke().path(), "/actor_tokens/act_1/revoke");
        assert_eq!(revoke().body(), None);
    }

    #[test]
    fn success_is_the_same_token_revoked() {
        assert_eq!(
            revoke().read(body("act_1", "revoked").as_bytes()).unwrap().id.as_str(),
            "act_1"
        );
        for (id, status, reason) in [
            ("act_2", "revoked", Reason::AnotherToken),
            ("act_1", "pending", Reason::NotRevoked),
            ("act_1", "expired", Reason::NotRevoked),
        ] {
            let mismatch = revoke().read(body(id, status).as_bytes()).unwrap_err();
            assert_eq!(mismatch.reason, reason);
            assert_eq!(mismatch.actor_token_id.unwrap().as_str(), id);
        }
    }
}
