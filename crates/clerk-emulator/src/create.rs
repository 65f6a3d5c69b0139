//! `POST /v1/actor_tokens`.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::value::RawValue;

use crate::{
    actor_token::ActorToken,
    instance::Instance,
    json_object::JsonObject,
    ledger::NewToken,
    refusal::{ClerkError, Refusal},
    response,
};

const PARAMS: [&str; 4] =
    ["user_id", "actor", "expires_in_seconds", "session_max_duration_in_seconds"];
const EXPIRES_IN_SECONDS: u64 = 3600;
const SESSION_MAX_DURATION_IN_SECONDS: u64 = 1800;

pub(crate) fn create(
    instance: &Instance,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response<Bytes>, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::content_type_unsupported());
    }
    let form = serde_json::from_slice(body).map_err(|_| Refusal::body_invalid())?;
    let new = read(&form).map_err(Refusal::form)?;
    if !instance.has_user(&new.user_id) {
        return Err(Refusal::user_not_found(&new.user_id));
    }
    let token = instance.ledger().issue(new, instance.clock.now());
    Ok(response::json(StatusCode::OK, &ActorToken::created(&token)))
}

/// A charset is no reason to refuse: some clients add one.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Finds every mistake in the form, not only the first.
fn read(form: &JsonObject) -> Result<NewToken, Vec<ClerkError>> {
    let mut errors = Vec::new();
    for name in form.names().filter(|name| !PARAMS.contains(name)) {
        errors.push(ClerkError::param_unknown(name));
    }
    let mut note = |error| errors.push(error);
    let user_id = user_id(form).map_err(&mut note).ok();
    let actor = actor(form).map_err(&mut note).ok();
    let expires = seconds(form, "expires_in_seconds", EXPIRES_IN_SECONDS).map_err(&mut note).ok();
    let session = seconds(form, "session_max_duration_in_seconds", SESSION_MAX_DURATION_IN_SECONDS)
        .map_err(&mut note)
        .ok();
    match (user_id, actor, expires, session) {
        (
            Some(user_id),
            Some(actor),
            Some(expires_in_seconds),
            Some(session_max_duration_in_seconds),
        ) if errors.is_empty() => {
            Ok(NewToken { user_id, actor, expires_in_seconds, session_max_duration_in_seconds })
        }
        _ => Err(errors),
    }
}

fn user_id(form: &JsonObject) -> Result<String, ClerkError> {
    let value = required(form, "user_id")?;
    match serde_json::from_str::<String>(value.get()) {
        Err(_) => Err(ClerkError::param_value_invalid("user_id")),
        Ok(id) if id.is_empty() => Err(ClerkError::param_missing("user_id")),
        Ok(id) => Ok(id),
    }
}

/// Gives the text as it was sent, which is how it comes back.
fn actor(form: &JsonObject) -> Result<String, ClerkError> {
    let value = required(form, "actor")?;
    let Ok(actor) = serde_json::from_str::<JsonObject>(value.get()) else {
        return Err(ClerkError::param_value_invalid("actor"));
    };
    let sub = actor.get("sub").and_then(|sub| serde_json::from_str::<String>(sub.get()).ok());
    match sub {
        Some(sub) if !sub.is_empty() => Ok(value.get().to_owned()),
        _ => Err(ClerkError::param_missing("actor.sub")),
    }
}

fn required<'a>(form: &'a JsonObject, name: &str) -> Result<&'a RawValue, ClerkError> {
    match form.get(name) {
        Some(value) if value.get() != "null" => Ok(value),
        _ => Err(ClerkError::param_missing(name)),
    }
}

/// An explicit `null` is refused: the description of the API says "integer", and a parameter that
/// is not set is not sent.
fn seconds(form: &JsonObject, name: &str, default: u64) -> Result<u64, ClerkError> {
    let Some(value) = form.get(name) else {
        return Ok(default);
    };
    serde_json::from_str::<i64>(value.get())
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(i64::unsigned_abs)
        .ok_or_else(|| ClerkError::param_value_invalid(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<NewToken, String> {
        read(&serde_json::from_str(text).unwrap())
            .map_err(|errors| serde_json::to_string(&errors).unwrap())
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let new = read_text(r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#).unwrap();
        assert_eq!((new.expires_in_seconds, new.session_max_duration_in_seconds), (3600, 1800));
    }

    #[test]
    fn the_actor_keeps_its_text() {
        let actor =
            r#"{ "sub" : "user_2", "a": 1.10, "b": 1e400, "c": 123456789012345678901234567890 }"#;
        let new = read_text(&format!(r#"{{"user_id":"user_1","actor":{actor}}}"#)).unwrap();
        assert_eq!(new.actor, actor);
    }

    #[test]
    fn every_mistake_is_reported() {
        let errors = read_text(r#"{"colour":1,"actor":{},"expires_in_seconds":0}"#).unwrap_err();
        for name in ["colour", "user_id", "actor.sub", "expires_in_seconds"] {
            assert!(errors.contains(&format!(r#""param_name":"{name}""#)), "{name}: {errors}");
        }
    }

    #[test]
    fn seconds_are_positive_integers() {
        for wrong in ["0", "-1", "1.5", "3600.0", "\"60\"", "null", "9223372036854775808"] {
            let form = format!(
                r#"{{"user_id":"user_1","actor":{{"sub":"user_2"}},"session_max_duration_in_seconds":{wrong}}}"#
            );
            let errors = read_text(&form).unwrap_err();
            assert!(errors.contains("form_param_value_invalid"), "{wrong}: {errors}");
        }
    }

    #[test]
    fn a_charset_does_not_make_json_something_else() {
        for (content_type, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_json(&headers), json, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
