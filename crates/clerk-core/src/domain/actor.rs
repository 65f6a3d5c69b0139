use serde::Serialize;
use serde_json::value::RawValue;

use super::{Claims, InvalidInput, JsonFault};

const SUB: &str = "sub";

/// The actor that most people need.
#[derive(Serialize)]
struct JustSub<'a> {
    sub: &'a str,
}

/// Says who impersonates: [`Claims`] that are certain to hold a non-empty text `sub`.
///
/// `sub` is usually the support engineer's own user id, but any text will do. Clerk puts the whole
/// object into the `act` claim of the session token, so that what the actor does can be told from
/// what the user does.
///
/// ```
/// use clerk_core::Actor;
///
/// let actor = Actor::new("user_support")?.with_claim("case", 4711)?;
/// assert_eq!(actor.sub(), "user_support");
/// assert_eq!(actor.claims().as_json(), r#"{"sub":"user_support","case":4711}"#);
///
/// let same = Actor::from_json(r#"{"sub":"user_support","case":4711}"#)?;
/// assert_eq!(actor, same);
/// assert!(Actor::from_json(r#"{"case":4711}"#).is_err(), "nobody would be answerable");
/// # Ok::<(), clerk_core::InvalidInput>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    claims: Claims,
}

impl Actor {
    /// Makes an actor with nothing but a `sub`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `sub` is empty or blank.
    pub fn new(sub: impl Into<String>) -> Result<Self, InvalidInput> {
        let sub = sub.into();
        check_sub(&sub)?;
        let claims = Claims::from_raw(to_json(SUB, &JustSub { sub: &sub })?);
        Ok(Self { claims: claims.map_err(|fault| InvalidInput::new("actor", fault.to_string()))? })
    }

    /// Adds a claim, in place of an earlier one of that name.
    ///
    /// The value is written as `serde_json` writes it (which writes `NaN` and infinities as
    /// `null`); to choose its exact text, pass a `&serde_json::value::RawValue`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if the value cannot be JSON (a map whose keys are no text), or the name is
    /// `sub`.
    pub fn with_claim(
        self,
        name: impl AsRef<str>,
        value: impl Serialize,
    ) -> Result<Self, InvalidInput> {
        let name = name.as_ref();
        if name == SUB {
            return Err(InvalidInput::new("actor", "`sub` is given once, to `Actor::new`"));
        }
        let value = to_json("actor", &value)?;
        let mut entries: Vec<(&str, &str)> = self.claims.entries().collect();
        match entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) => *earlier = value.get(),
            None => entries.push((name, value.get())),
        }
        compose(entries)
    }

    /// Reads an actor from a JSON object and keeps its text.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if the text is no JSON object, a name stands in it twice (two readers could
    /// take two different actors from it), or `sub` is missing, no text, empty or blank.
    pub fn from_json(json: &str) -> Result<Self, InvalidInput> {
        let claims = Claims::from_json(json)
            .map_err(|error| InvalidInput::new("actor", error.reason().to_owned()))?;
        Self::try_from(claims)
    }

    /// Gives the actor's `sub`, never empty.
    pub fn sub(&self) -> &str {
        self.claims.sub().unwrap_or_default()
    }

    /// Gives all claims, `sub` included.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

impl TryFrom<Claims> for Actor {
    type Error = InvalidInput;

    /// Takes claims that hold a non-empty text `sub` and no name twice.
    fn try_from(claims: Claims) -> Result<Self, InvalidInput> {
        let mut names: Vec<&str> = claims.names().collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(InvalidInput::new("actor", "a name stands in it twice"));
        }
        let has_sub = names.binary_search(&SUB).is_ok();
        match claims.sub() {
            Some(sub) => {
                check_sub(sub)?;
                Ok(Self { claims })
            }
            None if has_sub => Err(InvalidInput::new("actor.sub", "it is not text")),
            None => Err(InvalidInput::new("actor.sub", "it is missing")),
        }
    }
}

impl TryFrom<serde_json::Value> for Actor {
    type Error = InvalidInput;

    /// Takes a JSON object that holds a non-empty text `sub`.
    ///
    /// A `Value` has already rounded numbers that do not fit its types; [`Actor::from_json`] has
    /// not.
    fn try_from(value: serde_json::Value) -> Result<Self, InvalidInput> {
        Self::from_json(to_json("actor", &value)?.get())
    }
}

fn check_sub(sub: &str) -> Result<(), InvalidInput> {
    if sub.trim().is_empty() { Err(InvalidInput::new("actor.sub", "it is empty")) } else { Ok(()) }
}

fn compose<'a>(
    entries: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Actor, InvalidInput> {
    let mut json = String::from("{");
    for (name, value) in entries {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(to_json("actor", name)?.get());
        json.push(':');
        json.push_str(value);
    }
    json.push('}');
    Actor::from_json(&json)
}

fn to_json(
    field: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<Box<RawValue>, InvalidInput> {
    serde_json::value::to_raw_value(value).map_err(|error| {
        InvalidInput::new(field, format!("a value cannot be written: {}", JsonFault::from(error)))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{json, value::RawValue};

    use super::{Actor, Claims};

    fn refusal(json: &str) -> String {
        Actor::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn an_actor_without_a_proper_sub_cannot_exist() {
        assert_eq!(refusal("{}"), "invalid actor.sub: it is missing");
        assert_eq!(refusal(r#"{"sub":""}"#), "invalid actor.sub: it is empty");
        assert_eq!(refusal(r#"{"sub":" \t"}"#), "invalid actor.sub: it is empty");
        for other in ["1", "null", "true", "[]", "{}"] {
            assert_eq!(
                refusal(&format!(r#"{{"sub":{other}}}"#)),
                "invalid actor.sub: it is not text"
            );
        }
        assert_eq!(Actor::new("").unwrap_err().to_string(), "invalid actor.sub: it is empty");
    }

    #[test]
    fn what_is_no_object_is_no_actor() {
        for json in ["", "null", "[]", "\"user_1\"", "1", "{"] {
            assert!(refusal(json).starts_with("invalid actor: "), "{json}");
        }
        for value in [json!(null), json!([]), json!("user_1"), json!(1)] {
            assert!(Actor::try_from(value).is_err());
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_however_it_is_written() {
        for json in [
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":"a","s\u0075b":"b"}"#,
            r#"{"sub":"a","x":1,"x":1}"#,
        ] {
            assert_eq!(refusal(json), "invalid actor: a name stands in it twice");
            assert!(Actor::try_from(Claims::from_json(json).unwrap()).is_err());
        }
    }

    #[test]
    fn a_later_claim_takes_the_place_of_an_earlier_one() {
        let actor =
            Actor::new("a").unwrap().with_claim("x", 1).unwrap().with_claim("y", "z").unwrap();
        let actor = actor.with_claim("x", json!({"deep": [true]})).unwrap();
        assert_eq!(actor.claims().as_json(), r#"{"sub":"a","x":{"deep":[true]},"y":"z"}"#);
    }

    #[test]
    fn adding_a_claim_keeps_the_text_of_the_others() {
        let actor = Actor::from_json(r#"{ "n" : 1.10, "sub":"J\u00fc\"", "e":1e400 }"#).unwrap();
        let raw: &RawValue = serde_json::from_str("100000000000000000000.00").unwrap();
        let actor = actor.with_claim("q\"", raw).unwrap();
        assert_eq!(
            actor.claims().as_json(),
            r#"{"n":1.10,"sub":"J\u00fc\"","e":1e400,"q\"":100000000000000000000.00}"#
        );
        assert_eq!(actor.sub(), "Jü\"");
    }

    #[test]
    fn sub_cannot_be_replaced() {
        let refusal = Actor::new("a").unwrap().with_claim("sub", "b").unwrap_err();
        assert_eq!(refusal.to_string(), "invalid actor: `sub` is given once, to `Actor::new`");
    }

    #[test]
    fn a_value_that_cannot_be_json_is_refused() {
        let odd = HashMap::from([(Some(1), 2), (None, 3)]);
        let refusal = Actor::new("a").unwrap().with_claim("x", odd).unwrap_err();
        assert_eq!(
            (refusal.field(), refusal.reason().starts_with("a value cannot be written")),
            ("actor", true)
        );
    }

    #[test]
    fn big_integers_are_written_in_full() {
        let actor = Actor::new("a").unwrap().with_claim("n", u128::MAX).unwrap();
        assert!(actor.claims().as_json().contains("340282366920938463463374607431768211455"));
    }

    #[test]
    fn a_json_value_becomes_an_actor() {
        let actor =
            Actor::try_from(json!({"sub": "a", "n": 12_345_678_901_234_567_890_u64})).unwrap();
        assert!(actor.claims().as_json().contains("12345678901234567890"));
    }
}
