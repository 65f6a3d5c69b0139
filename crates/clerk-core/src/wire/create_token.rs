use std::{borrow::Cow, fmt::Write as _};

use http::Method;

use super::{Operation, actor_token_json::ActorTokenJson};
use crate::{
    domain::{ActorToken, CreateActorToken, InvalidInput},
    error::Mismatch,
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
    const REPLAY: Replay = Replay::OnlyIfUnsent;

    fn path(&self) -> Cow<'static, str> {
        "/actor_tokens".into()
    }

    /// Writes the members by hand, because nothing needs escaping: an id contains no character that
    /// does, and claims are JSON already. Clerk allows no other members.
    fn body(&self) -> Option<String> {
        let (user_id, actor) = (self.command.user_id().as_str(), self.command.actor().claims());
        let mut lifetimes = String::new();
        for (name, seconds) in [
            ("expires_in_seconds", self.expires_in_seconds),
            ("session_max_duration_in_seconds", self.session_max_duration_in_seconds),
        ] {
            if let Some(seconds) = seconds {
                // Writing to a string cannot fail.
                let _ = write!(lifetimes, r#","{name}":{seconds}"#);
            }
        }
        // `concat` makes one string of the exact size, which becomes a body without being copied.
        let actor = actor.as_json();
        Some([r#"{"user_id":""#, user_id, r#"","actor":"#, actor, &lifetimes, "}"].concat())
    }

    fn read(&self, body: &[u8]) -> Result<ActorToken, Mismatch> {
        ActorTokenJson::parse(body).into_actor_token(|_| Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CreateActorToken, CreateToken, Operation as _};
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
