use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};

use super::{Endpoints, Headers};
use crate::{
    domain::{ActorTokenId, CreateActorToken, InvalidInput},
    port::{HttpRequest, SendProgress},
    retry::Operation,
};

/// What the body of a create holds beside the id and the actor, at most.
const ROOM_FOR_NAMES: usize = 128;

/// Is what a call sends, made once; each attempt makes its request from it.
#[derive(Debug)]
pub(crate) struct Draft {
    uri: Uri,
    body: Bytes,
    extra_headers: Vec<(HeaderName, HeaderValue)>,
    /// The token to revoke; a create has none.
    revokes: Option<ActorTokenId>,
}

impl Draft {
    pub(crate) fn create(
        endpoints: &Endpoints,
        command: &CreateActorToken,
    ) -> Result<Self, InvalidInput> {
        let body = create_body(command)?.into();
        Ok(Self { uri: endpoints.create(), body, extra_headers: Vec::new(), revokes: None })
    }

    pub(crate) fn revoke(endpoints: &Endpoints, id: &ActorTokenId) -> Result<Self, InvalidInput> {
        let uri = endpoints.revoke(id)?;
        Ok(Self { uri, body: Bytes::new(), extra_headers: Vec::new(), revokes: Some(id.clone()) })
    }

    pub(crate) fn add_header(&mut self, header: (HeaderName, HeaderValue)) {
        self.extra_headers.push(header);
    }

    pub(crate) fn operation(&self) -> Operation {
        if self.revokes.is_some() { Operation::Revoke } else { Operation::Create }
    }

    pub(crate) fn revokes(&self) -> Option<&ActorTokenId> {
        self.revokes.as_ref()
    }

    /// Makes the request of one attempt.
    pub(crate) fn request(&self, headers: &Headers, progress: SendProgress) -> HttpRequest {
        let mut request = HttpRequest::new(self.body.clone().into());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = match self.operation() {
            Operation::Create => headers.for_create(self.body.len()),
            Operation::Revoke => headers.for_revoke(),
        };
        for (name, value) in &self.extra_headers {
            request.headers_mut().insert(name, value.clone());
        }
        request.extensions_mut().insert(progress);
        request
    }
}

/// Writes the body of `POST /actor_tokens`; no other members are allowed.
fn create_body(command: &CreateActorToken) -> Result<String, InvalidInput> {
    let (user_id, actor) = (command.user_id().as_str(), command.actor().claims().as_json());
    let mut body = String::with_capacity(ROOM_FOR_NAMES + user_id.len() + actor.len());
    // By hand, for nothing needs escaping: not an id, and claims are JSON.
    for part in [r#"{"user_id":""#, user_id, r#"","actor":"#, actor] {
        body.push_str(part);
    }
    for (name, seconds) in [
        ("expires_in_seconds", command.expires_in_seconds()?),
        ("session_max_duration_in_seconds", command.session_max_duration_in_seconds()?),
    ] {
        if let Some(seconds) = seconds {
            // Text can always be written to.
            let _ = write!(body, r#","{name}":{seconds}"#);
        }
    }
    body.push('}');
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Draft, Endpoints, Headers, HttpRequest, SendProgress};
    use crate::domain::{Actor, CreateActorToken, SecretKey, UserId};

    fn request(draft: &Draft) -> HttpRequest {
        draft.request(&Headers::new(&SecretKey::new("sk_test_1").unwrap()), SendProgress::default())
    }

    fn command(actor: &str) -> CreateActorToken {
        CreateActorToken::new(UserId::new("user_1").unwrap(), Actor::from_json(actor).unwrap())
    }

    fn body(command: &CreateActorToken) -> String {
        let draft = Draft::create(&Endpoints::default(), command).unwrap();
        String::from_utf8(request(&draft).into_body().into_bytes().to_vec()).unwrap()
    }

    #[test]
    fn create_posts_to_the_collection() {
        let draft = Draft::create(&Endpoints::default(), &command(r#"{"sub":"a"}"#)).unwrap();
        let request = request(&draft);
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("POST", "https://api.clerk.com/v1/actor_tokens")
        );
        assert_eq!(
            request.headers()["content-length"],
            request.body().as_ref().len().to_string().as_str()
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&command(r#"{"sub":"a"}"#)), r#"{"user_id":"user_1","actor":{"sub":"a"}}"#);
    }

    #[test]
    fn lifetimes_are_sent_as_seconds() {
        let command = command(r#"{"sub":"a"}"#)
            .expires_in(Duration::from_secs(600))
            .session_max_duration(Duration::from_secs(900));
        let expected = r#"{"user_id":"user_1","actor":{"sub":"a"},"expires_in_seconds":600,"session_max_duration_in_seconds":900}"#;
        assert_eq!(body(&command), expected);
    }

    #[test]
    fn the_actor_is_sent_as_it_was_given() {
        let actor = r#"{ "sub":"J\u00fc", "n":123456789012345678901234567890,"f":1.10,"e":1e400,"deep":{"x" : [1]} }"#;
        assert_eq!(body(&command(actor)), format!(r#"{{"user_id":"user_1","actor":{actor}}}"#));
    }

    #[test]
    fn a_lifetime_that_cannot_be_sent_is_refused() {
        let refuse =
            |command: CreateActorToken| Draft::create(&Endpoints::default(), &command).unwrap_err();
        assert_eq!(
            refuse(command(r#"{"sub":"a"}"#).expires_in(Duration::ZERO)).field(),
            "expires_in_seconds"
        );
        let refusal =
            refuse(command(r#"{"sub":"a"}"#).session_max_duration(Duration::from_millis(1500)));
        assert_eq!(refusal.field(), "session_max_duration_in_seconds");
    }

    #[test]
    fn revoke_posts_nothing_below_the_token() {
        let request =
            request(&Draft::revoke(&Endpoints::default(), &"act_1".parse().unwrap()).unwrap());
        assert_eq!(request.uri(), "https://api.clerk.com/v1/actor_tokens/act_1/revoke");
        assert_eq!(
            (
                request.method().as_str(),
                request.body().as_ref(),
                &request.headers()["content-length"]
            ),
            ("POST", &b""[..], &"0".parse().unwrap())
        );
    }

    #[test]
    fn headers_of_the_caller_s_own_are_sent_and_take_the_place_of_ours() {
        let mut draft = Draft::revoke(&Endpoints::default(), &"act_1".parse().unwrap()).unwrap();
        draft.add_header(super::super::extra("x-request-id", "42").unwrap());
        draft.add_header(super::super::extra("user-agent", "mine").unwrap());
        let request = request(&draft);
        assert_eq!(
            (&request.headers()["x-request-id"], &request.headers()["user-agent"]),
            (&"42".parse().unwrap(), &"mine".parse().unwrap())
        );
    }
}
