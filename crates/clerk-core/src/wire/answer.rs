use std::time::SystemTime;

use http::{HeaderMap, StatusCode, response};

use super::{
    actor_token::ActorTokenJson,
    clerk_errors::ClerkErrors,
    scrub::{scrub, shows_key},
};
use crate::{
    domain::{ActorToken, ActorTokenId, ActorTokenStatus, SecretKey},
    error::{ApiError, Error, Misfit, Stamp, TimeoutError, TransportFailure, UnexpectedResponse},
    port::{Body, HttpResponse, TransportError, TransportErrorKind},
    retry::retry_after,
};

/// How much of a body that is no success is kept.
const LONGEST_BODY: usize = 4096;

/// Reads an answer: to create, or (`revokes`) to the revocation of a token.
///
/// `key` is scrubbed from whatever is kept of a refusal; `now` is what a `Retry-After` date is
/// counted from.
pub(crate) fn read(
    response: HttpResponse,
    revokes: Option<&ActorTokenId>,
    key: &SecretKey,
    now: Option<SystemTime>,
) -> Result<ActorToken, Error> {
    let (head, body) = response.into_parts();
    if head.status.is_success() {
        success(&head, &body, revokes, key, now)
    } else {
        Err(refusal(&head, &body, key, now))
    }
}

fn success(
    head: &response::Parts,
    body: &Body,
    revokes: Option<&ActorTokenId>,
    key: &SecretKey,
    now: Option<SystemTime>,
) -> Result<ActorToken, Error> {
    let found = ActorTokenJson::read(body.as_ref());
    let fits = |token: &ActorToken| match revokes {
        Some(asked_for) if token.id != *asked_for => Err(Misfit::AnotherToken),
        Some(_) if token.status != ActorTokenStatus::Revoked => Err(Misfit::NotRevoked),
        _ => Ok(()),
    };
    let token = if head.status == StatusCode::NO_CONTENT {
        Err(Misfit::NoContent)
    } else {
        found.actor_token()
    };
    token.and_then(|token| fits(&token).map(|()| token)).map_err(|misfit| {
        let stamp = stamp(head.status, &head.headers, found.trace_id(), key, now);
        // What echoes the key is no id, whatever it looks like: errors show the id.
        let id = found.id().filter(|id| !shows_key(id.as_str(), key.expose()));
        let stamp = Stamp { actor_token_id: id, ..stamp };
        let length = body.as_ref().len();
        Error::Unexpected(UnexpectedResponse::new(
            stamp,
            head.status,
            misfit,
            length,
            String::new(),
        ))
    })
}

fn refusal(head: &response::Parts, body: &Body, key: &SecretKey, now: Option<SystemTime>) -> Error {
    let text = scrub(&String::from_utf8_lossy(body.as_ref()), key.expose());
    let found = ClerkErrors::read(&text);
    let stamp = stamp(head.status, &head.headers, found.clerk_trace_id, key, now);
    let kept = cut(text);
    if found.whole {
        Error::Api(ApiError::new(stamp, head.status, found.errors, found.meta, kept))
    } else {
        let length = body.as_ref().len();
        Error::Unexpected(UnexpectedResponse::new(
            stamp,
            head.status,
            Misfit::NoClerkErrors,
            length,
            kept,
        ))
    }
}

/// Makes the error for an attempt that has no whole answer.
pub(crate) fn no_answer(error: TransportError, key: &SecretKey, now: Option<SystemTime>) -> Error {
    let stamp = match (error.status(), error.headers()) {
        (Some(status), Some(headers)) => stamp(status, headers, None, key, now),
        _ => Stamp::default(),
    };
    if error.kind() == TransportErrorKind::Timeout {
        Error::Timeout(TimeoutError::of_transport(stamp, error))
    } else {
        Error::Transport(TransportFailure::new(stamp, error))
    }
}

fn stamp(
    status: StatusCode,
    headers: &HeaderMap,
    trace_id: Option<String>,
    key: &SecretKey,
    now: Option<SystemTime>,
) -> Stamp {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let trace_id = trace_id
        .into_iter()
        .chain(["clerk-trace-id", "cf-ray"].into_iter().filter_map(header))
        .find(|trace_id| !trace_id.is_empty())
        .map(|trace_id| scrub(&trace_id, key.expose()));
    Stamp {
        status: Some(status),
        trace_id,
        retry_after: retry_after(headers, now),
        ..Stamp::default()
    }
}

fn cut(mut text: String) -> String {
    let end = (0..=LONGEST_BODY.min(text.len())).rfind(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TOKEN: &str = r#"{"object":"actor_token","id":"act_1","status":"revoked","user_id":"u","token":"canary","created_at":1,"updated_at":1}"#;

    fn key() -> SecretKey {
        SecretKey::new("sk_canary").unwrap()
    }

    fn response(
        status: u16,
        headers: &[(&'static str, &str)],
        body: impl Into<Body>,
    ) -> HttpResponse {
        let builder = http::Response::builder().status(status);
        headers
            .iter()
            .fold(builder, |builder, (name, value)| builder.header(*name, *value))
            .body(body.into())
            .unwrap()
    }

    fn created(response: HttpResponse) -> Result<ActorToken, Error> {
        read(response, None, &key(), None)
    }

    fn revoked(body: &'static str) -> Result<ActorToken, Error> {
        read(response(200, &[], body), Some(&"act_1".parse().unwrap()), &key(), None)
    }

    #[test]
    fn any_success_with_a_proper_token_is_one_but_204() {
        for status in [200, 201, 202] {
            assert_eq!(created(response(status, &[], TOKEN)).unwrap().id.as_str(), "act_1");
        }
        let Err(Error::Unexpected(error)) = created(response(204, &[], TOKEN)) else {
            panic!("204 is no success")
        };
        assert_eq!((&error.misfit, error.status().as_u16()), (&Misfit::NoContent, 204));
    }

    #[test]
    fn a_revoke_must_be_answered_by_the_revoked_token_itself() {
        assert!(revoked(TOKEN).is_ok());
        let misfit = |body: &'static str| {
            let error = revoked(body).unwrap_err();
            let id = error.actor_token_id().map(ToString::to_string);
            let Error::Unexpected(response) = error else { panic!("{error:?}") };
            (response.misfit, id)
        };
        let other = r#"{"object":"actor_token","id":"act_2","status":"revoked","user_id":"u","created_at":1,"updated_at":1}"#;
        assert_eq!(misfit(other), (Misfit::AnotherToken, Some("act_2".to_owned())));
        let pending = r#"{"object":"actor_token","id":"act_1","status":"pending","user_id":"u","created_at":1,"updated_at":1}"#;
        assert_eq!(misfit(pending), (Misfit::NotRevoked, Some("act_1".to_owned())));
    }

    #[test]
    fn a_success_that_does_not_fit_keeps_status_trace_id_and_id_and_nothing_of_its_body() {
        let body = r#"{"object":"user","id":"act_9","token":"canary","clerk_trace_id":"abc"}"#;
        let error = created(response(200, &[("cf-ray", "no")], body)).unwrap_err();
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(
            (error.trace_id(), error.actor_token_id().unwrap().as_str()),
            (Some("abc"), "act_9")
        );
        let Error::Unexpected(unexpected) = &error else { panic!("{error:?}") };
        assert_eq!((unexpected.body(), unexpected.body_length()), ("", body.len()));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn an_id_that_echoes_the_key_is_none() {
        let error =
            created(response(200, &[], r#"{"id":"act_sk_canary","clerk_trace_id":"sk_canary"}"#))
                .unwrap_err();
        assert_eq!((error.actor_token_id(), error.trace_id()), (None, Some("[redacted]")));
        // By chance an id may look as a JWT begins; it is the only handle on a token that may be
        // live.
        let error = created(response(200, &[], r#"{"id":"act_2abeyJ9xkz"}"#)).unwrap_err();
        assert_eq!(error.actor_token_id().unwrap().as_str(), "act_2abeyJ9xkz");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn a_refusal_in_clerk_s_words_is_an_api_error_whatever_its_content_type() {
        for content_type in ["application/json", "application/json; charset=utf-8", "text/html"] {
            let response = response(
                422,
                &[("content-type", content_type)],
                r#"{"errors":[{"code":"c","message":"m"}]}"#,
            );
            let Err(Error::Api(api)) = created(response) else { panic!("not an api error") };
            assert_eq!((api.status().as_u16(), api.errors()[0].code()), (422, "c"));
        }
    }

    #[test]
    fn any_other_refusal_is_unexpected_and_keeps_its_body() {
        let Err(Error::Unexpected(error)) = created(response(502, &[], "<html>sk_canary</html>"))
        else {
            panic!()
        };
        assert_eq!((error.status().as_u16(), error.body()), (502, "<html>[redacted]</html>"));
    }

    #[test]
    fn a_refusal_that_writes_the_key_in_another_way_does_not_show_it() {
        let body = r#"{"errors":[{"code":"sk\u005fcanary","message":"\u0073k_canary","long_message":"Bearer sk\u005Fcanary","meta":{"a":"sk\u005fcanary"}}]}"#;
        let error = created(response(401, &[], body)).unwrap_err();
        let Error::Api(api) = &error else { panic!("{error:?}") };
        assert_eq!(api.errors()[0].meta().get::<String>("a"), Some(Ok("[redacted]".to_owned())));
        let shown = format!("{error} {error:?} {}", api.body());
        assert!(shown.contains("[redacted]") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn no_more_than_four_kib_of_a_body_are_kept_and_no_character_is_split() {
        let Err(Error::Unexpected(error)) = created(response(500, &[], "ü".repeat(5000))) else {
            panic!()
        };
        assert_eq!((error.body().len(), error.body_length()), (4096, 10_000));
        let Err(Error::Unexpected(error)) =
            created(response(500, &[], format!("a{}", "ü".repeat(5000))))
        else {
            panic!()
        };
        assert_eq!(error.body().len(), 4095);
    }

    #[test]
    fn the_trace_id_is_the_body_s_or_else_a_header_s() {
        let both = [("clerk-trace-id", "header"), ("cf-ray", "ray")];
        let trace_id = |headers: &[(&'static str, &str)], body: &'static str| {
            created(response(400, headers, body)).unwrap_err().trace_id().map(str::to_owned)
        };
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":"body"}"#).unwrap(), "body");
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":null}"#).unwrap(), "header");
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":""}"#).unwrap(), "header");
        assert_eq!(trace_id(&both[1..], "").unwrap(), "ray");
        assert_eq!(trace_id(&[("clerk-trace-id", ""), ("cf-ray", "ray")], "").unwrap(), "ray");
        assert_eq!(trace_id(&[("cf-ray", "")], ""), None);
        assert_eq!(trace_id(&[], ""), None);
        assert_eq!(trace_id(&[("cf-ray", "sk_canary")], "").unwrap(), "[redacted]");
    }

    #[test]
    fn retry_after_is_read_from_every_answer() {
        for (status, body) in [(429, "{\"errors\":[]}"), (503, "")] {
            let error = created(response(status, &[("retry-after", "7")], body)).unwrap_err();
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn a_failure_of_the_transport_keeps_the_head_that_had_arrived() {
        let (head, _) =
            response(503, &[("clerk-trace-id", "abc"), ("retry-after", "7")], "").into_parts();
        let error = no_answer(
            TransportError::new(TransportErrorKind::Incomplete, "x").with_head(head),
            &key(),
            None,
        );
        assert!(matches!(error, Error::Transport(_)));
        assert_eq!(
            (error.status().unwrap().as_u16(), error.trace_id(), error.retry_after()),
            (503, Some("abc"), Some(Duration::from_secs(7)))
        );
        let error = no_answer(TransportError::new(TransportErrorKind::Timeout, "x"), &key(), None);
        assert!(matches!(error, Error::Timeout(_)) && error.status().is_none());
    }
}
