use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{Claims, InvalidInput};

const SUB: &str = "sub";

/// The actor who impersonates a user: [`Claims`] with a non-empty string `sub`.
///
/// `sub` is usually the user id of a support engineer, but any other string is allowed. Clerk puts
/// the whole object into the `act` claim of the session token, which distinguishes the actor's
/// requests from the user's. Add an id of your own, such as that of an audit record, so that each
/// impersonation can be traced.
///
/// # Examples
///
/// ```
/// use clerk_core::Actor;
///
/// let actor = Actor::new("user_support")?.with_claim("audit_id", 4711)?;
/// assert_eq!(actor.sub(), "user_support");
/// assert_eq!(actor.claims().as_json(), r#"{"sub":"user_support","audit_id":4711}"#);
///
/// assert_eq!(Actor::from_json(r#"{"sub":"user_support","audit_id":4711}"#)?, actor);
/// assert!(Actor::from_json(r#"{"audit_id":4711}"#).is_err(), "`sub` is required");
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
///
/// The `act` claim of a session token, in whatever decodes the token with serde:
///
/// ```
/// use clerk_core::{Actor, UserId};
///
/// #[derive(serde::Deserialize)]
/// struct SessionClaims {
///     sub: UserId,
///     act: Option<Actor>, // only an impersonated session has one
/// }
///
/// let payload = r#"{"sub":"user_1","act":{"sub":"user_support","audit_id":4711}}"#;
/// let claims: SessionClaims = serde_json::from_str(payload)?;
/// assert_eq!(claims.act, Some(Actor::new("user_support")?.with_claim("audit_id", 4711)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Actor {
    claims: Claims,
}

impl Actor {
    /// Creates an actor whose only claim is `sub`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `sub` is empty or blank.
    pub fn new(sub: impl Into<String>) -> Result<Self, InvalidInput> {
        let sub = sub.into();
        check_sub(&sub)?;
        Ok(Self { claims: Claims::of_sub(&sub) })
    }

    /// Adds a claim, or replaces the earlier claim with the same name.
    ///
    /// `value` is serialized by `serde_json`, which turns NaN and infinities into `null`. Pass a
    /// `&serde_json::value::RawValue` to choose the exact JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `name` is `sub`, or if `value` cannot be serialized as JSON, such as a
    /// map whose keys are not strings.
    pub fn with_claim(
        mut self,
        name: impl AsRef<str>,
        value: impl Serialize,
    ) -> Result<Self, InvalidInput> {
        let name = name.as_ref();
        if name == SUB {
            return Err(InvalidInput::new(
                "actor",
                "`sub` cannot be replaced; set it in `Actor::new`",
            ));
        }
        self.claims.insert(name, &to_json(&value)?);
        Ok(self)
    }

    /// Parses an actor from a JSON object, which is kept exactly as it was written.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `json` is not a JSON object, if it has a duplicate key (two parsers
    /// could then see two different actors), or if `sub` is missing, not a string, empty or blank.
    pub fn from_json(json: &str) -> Result<Self, InvalidInput> {
        let claims = Claims::from_json(json)
            .map_err(|error| InvalidInput::new("actor", error.reason().to_owned()))?;
        Self::try_from(claims)
    }

    /// Returns the actor's `sub`, which is never empty.
    pub fn sub(&self) -> &str {
        self.claims.sub().unwrap_or_default()
    }

    /// Returns all claims, including `sub`.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// `serde_json` reads the actor exactly as it was written.
///
/// # Errors
///
/// The errors are those of [`from_json`](Actor::from_json), and those of deserializing [`Claims`]
/// where their JSON is lost, as within `#[serde(flatten)]`.
impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Claims::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl TryFrom<Claims> for Actor {
    type Error = InvalidInput;

    /// Converts claims that have a non-empty string `sub` and no duplicate keys.
    fn try_from(claims: Claims) -> Result<Self, InvalidInput> {
        let mut names: Vec<&str> = claims.names().collect();
        names.sort_unstable();
        // Any key but `sub` may be personal data, so it is not named.
        match names.windows(2).find(|pair| pair.first() == pair.last()) {
            Some([SUB, ..]) => return Err(InvalidInput::new("actor", "duplicate key `sub`")),
            Some(_) => return Err(InvalidInput::new("actor", "duplicate key")),
            None => {}
        }
        let has_sub = names.binary_search(&SUB).is_ok();
        match claims.sub() {
            Some(sub) => {
                check_sub(sub)?;
                Ok(Self { claims })
            }
            None if has_sub => Err(InvalidInput::new("actor.sub", "must be a non-empty string")),
            None => Err(InvalidInput::new("actor.sub", "must be present")),
        }
    }
}

impl TryFrom<serde_json::Value> for Actor {
    type Error = InvalidInput;

    /// Converts a JSON object that has a non-empty string `sub`.
    ///
    /// A `Value` has already rounded numbers that do not fit its types; [`Actor::from_json`] keeps
    /// them as they are.
    fn try_from(value: serde_json::Value) -> Result<Self, InvalidInput> {
        Self::from_json(&to_json(&value)?)
    }
}

fn check_sub(sub: &str) -> Result<(), InvalidInput> {
    if sub.trim().is_empty() {
        return Err(InvalidInput::new("actor.sub", "must not be empty or blank"));
    }
    Ok(())
}

fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String, InvalidInput> {
    // The message of the `serde_json` error is not kept, because it may quote the value.
    serde_json::to_string(value)
        .map_err(|_| InvalidInput::new("actor", "claim value cannot be serialized as JSON"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{json, value::RawValue};

    use super::{Actor, Claims};

    fn message(json: &str) -> String {
        Actor::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn sub_must_be_a_non_empty_string() {
        assert_eq!(message("{}"), "invalid actor.sub: must be present");
        assert_eq!(message(r#"{"sub":""}"#), "invalid actor.sub: must not be empty or blank");
        assert_eq!(message(r#"{"sub":" \t"}"#), "invalid actor.sub: must not be empty or blank");
        for other in ["1", "null", "true", "[]", "{}"] {
            assert_eq!(
                message(&format!(r#"{{"sub":{other}}}"#)),
                "invalid actor.sub: must be a non-empty string"
            );
        }
        assert_eq!(
            Actor::new("").unwrap_err().to_string(),
            "invalid actor.sub: must not be empty or blank"
        );
    }

    #[test]
    fn non_objects_are_rejected() {
        for json in ["", "null", "[]", "\"user_1\"", "1", "{"] {
            assert!(message(json).starts_with("invalid actor: "), "{json}");
        }
        for value in [json!(null), json!([]), json!("user_1"), json!(1)] {
            assert!(Actor::try_from(value).is_err());
        }
    }

    #[test]
    fn duplicate_keys_are_rejected_even_if_escaped() {
        for (json, expected) in [
            (r#"{"sub":"a","sub":"b"}"#, "invalid actor: duplicate key `sub`"),
            (r#"{"sub":"a","s\u0075b":"b"}"#, "invalid actor: duplicate key `sub`"),
            (r#"{"sub":"a","x":1,"x":1}"#, "invalid actor: duplicate key"),
        ] {
            assert_eq!(message(json), expected);
            assert!(Actor::try_from(Claims::from_json(json).unwrap()).is_err());
        }
    }

    #[test]
    fn a_later_claim_replaces_an_earlier_one() {
        let actor =
            Actor::new("a").unwrap().with_claim("x", 1).unwrap().with_claim("y", "z").unwrap();
        let actor = actor.with_claim("x", json!({"deep": [true]})).unwrap();
        assert_eq!(actor.claims().as_json(), r#"{"sub":"a","x":{"deep":[true]},"y":"z"}"#);
    }

    #[test]
    fn adding_a_claim_keeps_the_others_exactly() {
        let actor = Actor::from_json(r#"{ "n" : 1.10, "sub":"J\u00fc\"", "e":1e400 }"#).unwrap();
        let raw: &RawValue = serde_json::from_str("100000000000000000000.00").unwrap();
        let actor = actor.with_claim("q\"", raw).unwrap();
        assert_eq!(
            actor.claims().as_json(),
            r#"{ "n" : 1.10, "sub":"J\u00fc\"", "e":1e400 ,"q\"":100000000000000000000.00}"#
        );
        assert_eq!(actor.sub(), "Jü\"");
    }

    #[test]
    fn replacing_a_claim_keeps_every_other_one_readable() {
        let json = r#"{ "x" : "long enough to shrink" ,"sub":"a","é":[1], "y\n":2}"#;
        for value in [json!(7), json!("longer than the earlier value by far")] {
            let actor = Actor::from_json(json).unwrap().with_claim("x", &value).unwrap();
            assert_eq!(
                actor.claims().as_json(),
                json.replace(r#""long enough to shrink""#, &value.to_string())
            );
            assert_eq!(actor.sub(), "a");
            assert_eq!(actor.claims().names().collect::<Vec<_>>(), ["x", "sub", "é", "y\n"]);
            assert_eq!(actor.claims().get::<serde_json::Value>("x"), Some(Ok(value)));
            assert_eq!(actor.claims().get::<Vec<u8>>("é"), Some(Ok(vec![1])));
            assert_eq!(actor.claims().get::<u8>("y\n"), Some(Ok(2)));
        }
    }

    #[test]
    fn what_is_built_reads_like_what_is_parsed() {
        for sub in ["user_support", "J\u{fc}rgen \"J\" \\ \n\u{7f}"] {
            let built = Actor::new(sub).unwrap().with_claim("a\"b", 1).unwrap();
            let parsed = Actor::from_json(built.claims().as_json()).unwrap();
            assert_eq!((built.sub(), parsed.sub()), (sub, sub));
            let names =
                |actor: &Actor| actor.claims().names().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(names(&built), names(&parsed));
        }
    }

    #[test]
    fn sub_cannot_be_replaced() {
        let error = Actor::new("a").unwrap().with_claim("sub", "b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid actor: `sub` cannot be replaced; set it in `Actor::new`"
        );
    }

    #[test]
    fn values_that_cannot_be_serialized_are_rejected() {
        let odd = HashMap::from([(Some(1), 2), (None, 3)]);
        let error = Actor::new("a").unwrap().with_claim("x", odd).unwrap_err();
        assert_eq!(error.to_string(), "invalid actor: claim value cannot be serialized as JSON");
    }

    #[test]
    fn big_integers_are_written_in_full() {
        let actor = Actor::new("a").unwrap().with_claim("n", u128::MAX).unwrap();
        assert!(actor.claims().as_json().contains("340282366920938463463374607431768211455"));
    }

    #[test]
    fn serde_keeps_the_actor_exactly_and_checks_it() {
        let json = r#"{ "n" : 1.10, "sub":"a" }"#;
        let actor: Actor = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&actor).unwrap(), json);
        for (json, expected) in [
            ("[]", "expected a JSON object"),
            ("{}", "invalid actor.sub: must be present"),
            (r#"{"sub":" "}"#, "invalid actor.sub: must not be empty or blank"),
            (r#"{"sub":"a","x":1,"x":2}"#, "invalid actor: duplicate key"),
        ] {
            let error = serde_json::from_str::<Actor>(json).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_json_value_converts_into_an_actor() {
        let actor =
            Actor::try_from(json!({"sub": "a", "n": 12_345_678_901_234_567_890_u64})).unwrap();
        assert!(actor.claims().as_json().contains("12345678901234567890"));
    }
}
