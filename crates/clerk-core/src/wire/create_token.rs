use std::borrow::Cow;

use http::Method;
use serde::de::IgnoredAny;

use super::{Operation, actor_token_json::read_actor_token};
use crate::{
    domain::{ActorToken, ActorTokenId, ActorTokenStatus, Claims, CreateActorToken, InvalidInput},
    error::{Mismatch, Reason},
    retry::Replay,
};

/// `POST /actor_tokens`
#[derive(Debug)]
pub(crate) struct CreateToken {
    command: CreateActorToken,
    expires_in_seconds: Option<u64>,
    session_max_duration_in_seconds: Option<u64>,
}

impl CreateToken {
    pub(crate) fn new(command: CreateActorToken) -> Result<Self, InvalidInput> {
        Ok(Self {
            expires_in_seconds: command.expires_in_seconds()?,
            session_max_duration_in_seconds: command.session_max_duration_in_seconds()?,
            command,
        })
    }
}

impl Operation for CreateToken {
    type Output = ActorToken;

    const NAME: &'static str = "actor_tokens.create";
    const METHOD: Method = Method::POST;
    const PATH_TEMPLATE: &'static str = "/actor_tokens";
    const REPLAY: Replay = Replay::OnlyIfUnsent;

    fn path(&self) -> Cow<'static, str> {
        Self::PATH_TEMPLATE.into()
    }

    /// Writes the members by hand, because nothing needs escaping: an id contains no character that
    /// does, and claims are JSON already. Clerk allows no other members.
    fn body(&self) -> Option<String> {
        let (user_id, actor) = (self.command.user_id().as_str(), self.command.actor().claims());
        let (mut first, mut second) = (itoa::Buffer::new(), itoa::Buffer::new());
        let [expires_in, seconds] =
            lifetime(r#","expires_in_seconds":"#, self.expires_in_seconds, &mut first);
        let [session_max_duration, session_seconds] = lifetime(
            r#","session_max_duration_in_seconds":"#,
            self.session_max_duration_in_seconds,
            &mut second,
        );
        let body = [
            r#"{"user_id":""#,
            user_id,
            r#"","actor":"#,
            actor.as_json(),
            expires_in,
            seconds,
            session_max_duration,
            session_seconds,
            "}",
        ];
        // `concat` makes one string of the exact size, which becomes a body without being copied.
        Some(body.concat())
    }

    fn read(&self, body: &[u8]) -> Result<ActorToken, Mismatch> {
        read_actor_token(body, |token| {
            // A crossed or cached response would give access to the wrong user.
            if token.user_id != *self.command.user_id() {
                return Err(Reason::AnotherUser);
            }
            if !may_be_from(&token.actor, self.command.actor().sub()) {
                return Err(Reason::AnotherActor);
            }
            match token.status {
                ActorTokenStatus::Pending | ActorTokenStatus::Unknown(_) => Ok(()),
                ActorTokenStatus::Accepted | ActorTokenStatus::Revoked => Err(Reason::NotPending),
            }
        })
    }

    fn actor_token_id<'a>(&'a self, output: Option<&'a ActorToken>) -> Option<&'a ActorTokenId> {
        output.map(|token| &token.id)
    }
}

/// Returns the name and the value of a member that is left out if it is not set.
fn lifetime<'a>(
    name: &'static str,
    seconds: Option<u64>,
    buffer: &'a mut itoa::Buffer,
) -> [&'a str; 2] {
    seconds.map_or([""; 2], |seconds| [name, buffer.format(seconds)])
}

/// Returns `true` if the echoed actor has this `sub`, or none at all: Clerk need not send it.
fn may_be_from(actor: &Claims, sub: &str) -> bool {
    match actor.sub() {
        Some(echoed) => echoed == sub,
        None => matches!(actor.get::<Option<IgnoredAny>>("sub"), None | Some(Ok(None))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CreateActorToken, CreateToken, Operation as _, Reason};
    use crate::domain::{Actor, UserId};

    fn command(actor: &str) -> CreateActorToken {
        CreateActorToken::new(UserId::new("user_1").unwrap(), Actor::from_json(actor).unwrap())
    }

    fn body(command: CreateActorToken) -> String {
        CreateToken::new(command).unwrap().body().unwrap()
    }

    #[test]
    fn unset_parameters_are_not_sent() {
        assert_eq!(body(command(r#"{"sub":"a"}"#)), r#"{"user_id":"user_1","actor":{"sub":"a"}}"#);
    }

    #[test]
    fn lifetimes_are_sent_as_seconds() {
        let command = command(r#"{"sub":"a"}"#)
            .expires_in(Duration::from_secs(600))
            .session_max_duration(Duration::from_secs(900));
        let expected = r#"{"user_id":"user_1","actor":{"sub":"a"},"expires_in_seconds":600,"session_max_duration_in_seconds":900}"#;
        assert_eq!(body(command), expected);
    }

    #[test]
    fn the_actor_is_sent_as_it_was_given() {
        let actor = r#"{ "sub":"J\u00fc", "n":123456789012345678901234567890,"f":1.10,"e":1e400,"deep":{"x" : [1]} }"#;
        assert_eq!(body(command(actor)), format!(r#"{{"user_id":"user_1","actor":{actor}}}"#));
    }

    /// Reads a response to a create for `user_1` by `user_support`.
    fn read(user_id: &str, status: &str, actor: &str) -> Result<String, (Reason, String)> {
        let body = format!(
            r#"{{"object":"actor_token","id":"act_1","status":"{status}","user_id":"{user_id}","actor":{actor},"created_at":1,"updated_at":1}}"#
        );
        let create = CreateToken::new(command(r#"{"sub":"user_support"}"#)).unwrap();
        create
            .read(body.as_bytes())
            .map(|token| token.id.to_string())
            .map_err(|mismatch| (mismatch.reason, mismatch.actor_token_id.unwrap().to_string()))
    }

    #[test]
    fn a_token_for_somebody_else_is_a_mismatch_that_keeps_the_id() {
        let actor = r#"{"sub":"user_support"}"#;
        for (user_id, status, actor, reason) in [
            ("user_2", "pending", actor, Reason::AnotherUser),
            ("user_1", "pending", r#"{"sub":"user_other"}"#, Reason::AnotherActor),
            ("user_1", "pending", r#"{"sub":""}"#, Reason::AnotherActor),
            ("user_1", "pending", r#"{"sub":7}"#, Reason::AnotherActor),
            ("user_1", "pending", r#"{"sub":["user_support"]}"#, Reason::AnotherActor),
            ("user_1", "revoked", actor, Reason::NotPending),
            ("user_1", "accepted", actor, Reason::NotPending),
        ] {
            assert_eq!(read(user_id, status, actor), Err((reason, "act_1".to_owned())), "{actor}");
        }
    }

    #[test]
    fn the_echo_may_be_written_differently_or_be_left_out() {
        for actor in [
            r#"{"sub":"user_support"}"#,
            r#"{ "added" : 1, "s\u0075b" : "user_\u0073upport" }"#,
            r#"{"sub":null}"#,
            "{}",
            "null",
        ] {
            for status in ["pending", "expired"] {
                assert_eq!(read("user_1", status, actor), Ok("act_1".to_owned()), "{actor}");
            }
        }
    }

    #[test]
    fn lifetimes_that_cannot_be_sent_are_rejected() {
        let reject = |command: CreateActorToken| CreateToken::new(command).unwrap_err();
        assert_eq!(
            reject(command(r#"{"sub":"a"}"#).expires_in(Duration::ZERO)).field(),
            "expires_in_seconds"
        );
        let one_and_a_half = Duration::from_millis(1500);
        let error = reject(command(r#"{"sub":"a"}"#).session_max_duration(one_and_a_half));
        assert_eq!(error.field(), "session_max_duration_in_seconds");
    }
}
