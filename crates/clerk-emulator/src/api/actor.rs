use super::{clerk_error::ClerkError, json_object::JsonObject};

/// Checks the JSON of an actor: an object with a `sub`, a string that is not empty.
pub(crate) fn check_actor(json: &str) -> Result<(), ClerkError> {
    let actor: JsonObject =
        serde_json::from_str(json).map_err(|_| ClerkError::param_value_invalid("actor"))?;
    let sub = actor.get("sub").and_then(|sub| serde_json::from_str::<String>(sub.get()).ok());
    match sub {
        Some(sub) if !sub.is_empty() => Ok(()),
        _ => Err(ClerkError::param_missing("actor.sub")),
    }
}
