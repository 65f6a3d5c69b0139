use super::{clerk_error::ClerkError, json_object::JsonObject};

/// Returns the `sub` of an actor, from its JSON: an object whose `sub` is a string that is not
/// empty.
pub(crate) fn actor_sub(json: &str) -> Result<String, ClerkError> {
    let actor: JsonObject =
        serde_json::from_str(json).map_err(|_| ClerkError::param_value_invalid("actor"))?;
    actor
        .get("sub")
        .and_then(|sub| serde_json::from_str::<String>(sub.get()).ok())
        .filter(|sub| !sub.is_empty())
        .ok_or_else(|| ClerkError::param_missing("actor.sub"))
}
