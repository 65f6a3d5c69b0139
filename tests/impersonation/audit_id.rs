use clerk_actor_tokens::Actor;

/// Returns the id that was put into the actor, directly or by an SDK that nests what it does not
/// know.
pub fn audit_id(actor: &Actor) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct AdditionalProperties {
        audit_id: String,
    }

    if let Some(audit_id) = actor.claims().get("audit_id") {
        return audit_id.ok();
    }
    let nested: AdditionalProperties = actor.claims().get("additionalProperties")?.ok()?;
    Some(nested.audit_id)
}
