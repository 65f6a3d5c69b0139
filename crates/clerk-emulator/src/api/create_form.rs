use serde_json::value::RawValue;

use super::{actor::actor_sub, clerk_error::ClerkError, json_object::JsonObject, refusal::Refusal};
use crate::state::NewToken;

const PARAMS: [&str; 4] =
    ["user_id", "actor", "expires_in_seconds", "session_max_duration_in_seconds"];

/// Parses and checks the body of a create.
pub(crate) fn read_create_form(body: &[u8]) -> Result<NewToken, Refusal> {
    let form = serde_json::from_slice(body).map_err(|_| Refusal::body_invalid())?;
    check(&form).map_err(Refusal::unprocessable)
}

/// Finds every error in the form, not only the first.
fn check(form: &JsonObject) -> Result<NewToken, Vec<ClerkError>> {
    let unknown = form.names().filter(|name| !PARAMS.contains(name));
    let mut errors: Vec<_> = unknown.map(ClerkError::param_unknown).collect();
    let mut note = |error| errors.push(error);
    let user_id = user_id(form).map_err(&mut note).ok();
    let actor = actor(form).map_err(&mut note).ok();
    let expires_in = seconds(form, "expires_in_seconds").map_err(&mut note).ok();
    let session = seconds(form, "session_max_duration_in_seconds").map_err(&mut note).ok();
    match (user_id, actor, expires_in, session) {
        (Some(user_id), Some(actor), Some(expires_in), Some(session)) if errors.is_empty() => {
            let new = NewToken::new(user_id, actor);
            let new = expires_in.into_iter().fold(new, NewToken::expires_in_seconds);
            Ok(session.into_iter().fold(new, NewToken::session_max_duration_in_seconds))
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

/// Returns the actor as the JSON that was sent, which is how responses echo it.
fn actor(form: &JsonObject) -> Result<String, ClerkError> {
    let value = required(form, "actor")?;
    actor_sub(value.get())?;
    Ok(value.get().to_owned())
}

fn required<'a>(form: &'a JsonObject, name: &str) -> Result<&'a RawValue, ClerkError> {
    match form.get(name) {
        Some(value) if value.get() != "null" => Ok(value),
        _ => Err(ClerkError::param_missing(name)),
    }
}

/// Returns a duration, if the form has it.
///
/// An explicit `null` is refused: the specification says "integer", and clients leave out what they
/// do not set.
fn seconds(form: &JsonObject, name: &str) -> Result<Option<u64>, ClerkError> {
    let Some(value) = form.get(name) else {
        return Ok(None);
    };
    serde_json::from_str::<i64>(value.get())
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(|seconds| Some(seconds.unsigned_abs()))
        .ok_or_else(|| ClerkError::param_value_invalid(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_json(json: &str) -> Result<NewToken, String> {
        check(&serde_json::from_str(json).unwrap())
            .map_err(|errors| serde_json::to_string(&errors).unwrap())
    }

    #[test]
    fn durations_have_defaults() {
        let new = check_json(r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#).unwrap();
        assert_eq!((new.expires_in_seconds, new.session_max_duration_in_seconds), (3600, 1800));
    }

    #[test]
    fn the_actor_keeps_its_json() {
        let actor =
            r#"{ "sub" : "user_2", "a": 1.10, "b": 1e400, "c": 123456789012345678901234567890 }"#;
        let new = check_json(&format!(r#"{{"user_id":"user_1","actor":{actor}}}"#)).unwrap();
        assert_eq!(new.actor, actor);
    }

    #[test]
    fn every_error_is_reported() {
        let errors = check_json(r#"{"colour":1,"actor":{},"expires_in_seconds":0}"#).unwrap_err();
        for name in ["colour", "user_id", "actor.sub", "expires_in_seconds"] {
            assert!(errors.contains(&format!(r#""param_name":"{name}""#)), "{name}: {errors}");
        }
    }

    #[test]
    fn durations_are_positive_integers() {
        for wrong in ["0", "-1", "1.5", "3600.0", "\"60\"", "null", "9223372036854775808"] {
            let form = format!(
                r#"{{"user_id":"user_1","actor":{{"sub":"user_2"}},"session_max_duration_in_seconds":{wrong}}}"#
            );
            let errors = check_json(&form).unwrap_err();
            assert!(errors.contains("form_param_value_invalid"), "{wrong}: {errors}");
        }
    }
}
